#!/usr/bin/env python3
"""Compares `benomaly events` with an independent reading of native telemetry formats: every event's command line, host,
user and image. Usage: formats_check.py BENOMALY RAW_FOLDER"""
import csv
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

program, raw = sys.argv[1:3]


def text(value):
    return value if isinstance(value, str) and value not in ("", "-") else None


def first(*values):
    return next((v for v in map(text, values) if v), None)


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def documents(path):
    """JSON values one after the other."""
    with open(path, encoding="utf-8-sig") as file:
        rest = file.read().strip()
    found, decoder = [], json.JSONDecoder()
    while rest:
        value, end = decoder.raw_decode(rest)
        found += value if isinstance(value, list) else [value]
        rest = rest[end:].strip()
    return found


def windows(number, provider):
    return str(number) == "4688" or (str(number) == "1" and "Sysmon" in (provider or "Sysmon"))


def flat(data, host):
    return (data.get("CommandLine"), host, first(data.get("User"), data.get("SubjectUserName")),
            first(data.get("Image"), data.get("NewProcessName")))


def nxlog(path):
    return [flat(r, r.get("Hostname")) for r in lines(path) if windows(r["EventID"], r.get("SourceName"))
            and r.get("CommandLine")]


def winlogbeat(path):
    return [flat(r["event_data"], r["computer_name"]) for r in lines(path)
            if windows(r["event_id"], r["source_name"]) and r["event_data"].get("CommandLine")]


def ecs(path):
    found = []
    for r in lines(path):
        if "process" in r["event"]["category"] and "start" in r["event"]["type"]:
            command = r["process"].get("command_line") or shlex.join(r["process"]["args"])
            found.append((command, r["host"]["hostname"], r["user"]["name"], r["process"]["executable"]))
    return found


def osquery(path):
    return [(r["columns"]["cmdline"], r["hostIdentifier"], r["columns"]["uid"], r["columns"]["path"])
            for r in lines(path) if r["action"] == "added"]


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [(r["command_line"], text(r["host"]), text(r["user"]), text(r["image"])) for r in csv.DictReader(file)
                if r["command_line"]]


def event_xml(path):
    found = []
    for r in documents(path):
        if "Event" not in r:
            continue
        system, data = r["Event"]["System"], r["Event"]["EventData"]
        if isinstance(data.get("Data"), list):
            data = {pair["Name"]: pair.get("text") for pair in data["Data"]}
        number = system["EventID"]
        number = number.get("#text") if isinstance(number, dict) else number
        provider = system["Provider"].get("Name") or system["Provider"].get("#attributes", {}).get("Name")
        if windows(number, provider) and data.get("CommandLine"):
            found.append(flat(data, system["Computer"]))
    return found


def wmi(path):
    found = []
    for r in documents(path):
        strings = r.get("InsertionStrings", [])
        if r.get("EventCode") == 4688 and len(strings) > 8 and strings[8]:
            found.append((strings[8], r["ComputerName"], text(strings[1]), text(strings[5])))
    return found


def argument(value):
    if value.startswith('"'):
        return value[1:-1].encode()
    return bytes.fromhex(value) if re.fullmatch("(?:[0-9A-Fa-f]{2})+", value) else value.encode()


def auditd(path):
    events, order = {}, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            kind, key, rest = re.search(r"type=(\w+) msg=audit\(([^)]*)\):\s*(.*)", line.rstrip("\n")).groups()
            event = events.setdefault(key, {"arguments": {}, "exe": None, "user": None})
            if kind == "EXECVE":
                if key not in order:
                    order.append(key)
                for number, value in re.findall(r'\ba(\d+)(?:\[\d+\])?=("[^"]*"|\S+)', rest):
                    event["arguments"].setdefault(int(number), b"")
                    event["arguments"][int(number)] += argument(value)
            elif kind == "SYSCALL":
                pairs = dict(re.findall(r'(\w+)=("[^"]*"|\S+)', rest))
                event["exe"] = argument(pairs["exe"]).decode()
                event["user"] = pairs["auid"] if pairs["auid"] != "4294967295" else pairs["uid"]
    return [(shlex.join(events[k]["arguments"][i].decode("utf-8", "replace") for i in sorted(events[k]["arguments"])),
             None, events[k]["user"], events[k]["exe"]) for k in order]


def auoms(path):
    found = []
    for r in lines(path):
        data = r["EventData"]
        if r["EventType"] == "AUOMS_EXECVE" and "success=yes" in data.split():
            words = dict(w.split("=", 1) for w in data.split(" cmdline=")[0].split() if "=" in w)
            command = re.search(r'cmdline="(.*)" redactors=', data, re.S).group(1)
            found.append((command, r["HostName"], words["user"], words["exe"].strip('"')))
    return found


def program_reads(path, form):
    run = subprocess.run([program, "events", path, "--quiet"] + (["--set", "format=" + form] if form else []),
                         stdout=subprocess.PIPE, check=True)
    rows = [json.loads(line) for line in run.stdout.decode().splitlines()]
    return [(r["command_line"], r["host"], r["user"], r["image"]) for r in rows], rows


def exported(document):
    """Events of what evtxexport writes: documents one after the other."""
    found = []
    for event in re.findall(r"<Event .*?</Event>", document, re.S):
        event = re.sub(r" xmlns=\"[^\"]*\"", "", event, count=1)
        root = xml.etree.ElementTree.fromstring(event)
        data = {d.get("Name"): d.text for d in root.findall("EventData/Data")}
        if windows(root.findtext("System/EventID"), root.find("System/Provider").get("Name")) and data.get("CommandLine"):
            found.append(flat(data, root.findtext("System/Computer")))
    return found


def compare_log(path):
    """An event log, and the same as XML."""
    global failed
    document = subprocess.run(["evtxexport", "-f", "xml", path], stdout=subprocess.PIPE, check=True).stdout
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(document)
        file.flush()
        converted = program_reads(file.name, None)[0]
    got, expected = program_reads(path, None)[0], exported(document.decode())
    same = bool(expected) and got == expected and converted == expected
    failed = failed or not same
    print(f"{'same' if same else 'DIFFERENT'}: {path}: {len(got)} events, {len(converted)} as XML, {len(expected)} expected")


CHECKS = [("mordor/security4688-flat-nxlog.jsonl", "nxlog", nxlog, "windows"),
          ("mordor/sysmon1-flat-nxlog.jsonl", "nxlog", nxlog, "windows"),
          ("mordor/winlogbeat-nested.jsonl", "winlogbeat", winlogbeat, "windows"),
          ("ecs/endpoint-process-rendered.jsonl", "ecs", ecs, "linux"),
          ("osquery/process_events-rendered.jsonl", "osquery", osquery, "linux"),
          ("csv/process-export-rendered.csv", "csv", table, "unknown"),
          ("auditd/audit-rendered.log", "auditd", auditd, "linux"),
          ("auditd/execve-real.log", "auditd", auditd, "linux"),
          ("auditd/auoms-syslog-real.jsonl", "auoms", auoms, "linux"),
          ("sysmon-json/*.json", "evtx_json", event_xml, "windows"),
          ("sysmon-json/*.json", "sysmon", event_xml, "windows"),
          ("xp-rules/*evt*.json", "evtx_json", event_xml, "windows"),
          ("xp-rules/*4688-evt*.json", "security4688", event_xml, "windows"),
          ("xp-rules/*wmi*.json", "security4688", wmi, "windows")]

failed = False
for pattern, form, read, platform in CHECKS:
    paths = sorted(glob.glob(os.path.join(raw, pattern)))
    expected = [event for path in paths for event in read(path)]
    got, rows = program_reads(os.path.join(raw, pattern), form)
    same = bool(expected) and got == expected and all(r["platform"] == platform for r in rows)
    if same and len(paths) == 1:
        same = program_reads(paths[0], None)[0] == expected  # the format found out
    failed = failed or not same
    print(f"{'same' if same else 'DIFFERENT'}: {pattern} as {form}: {len(got)} events, {len(expected)} expected")
    for a, b in zip(got, expected):
        if a != b:
            print(f"  got      {a!r}\n  expected {b!r}")
            break

for path in sorted(glob.glob(os.path.join(raw, "evtx/*.evtx"))):
    run = subprocess.run([program, "events", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if b"evtx_dump" in run.stderr:
        print(f"SKIPPED: the program was built without libevtx: {path} is refused")
    elif not shutil.which("evtxexport"):
        print(f"SKIPPED: {path}: no evtxexport (libevtx-utils) to compare with")
    else:
        compare_log(path)
sys.exit(1 if failed else 0)
