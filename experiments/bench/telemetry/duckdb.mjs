// The same question put to DuckDB: how often does each command line occur. Prints what it took as one JSON line.
// usage: node duckdb.mjs MODULES LAYOUT FILE    LAYOUT: json (plain or .zst), csv; two threads, the result kept in a
//                                               temporary table
//        node duckdb.mjs MODULES to-csv FILE OUT    writes the day FILE as CSV, for both to read
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { readFileSync } from "node:fs";

const [modules, layout, file, out] = process.argv.slice(2);
const { DuckDBInstance, version } = createRequire(resolve(modules) + "/")("@duckdb/node-api");
const text = (value) => `'${value.replaceAll("'", "''")}'`;
const json = (columns) => `read_json(${text(file)}, format = 'newline_delimited', columns = {${columns.map((c) => `${c}: 'VARCHAR'`).join(", ")}})`;

const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
if (layout === "to-csv") {
    const all = ["ts", "host", "user", "platform", "parent_image", "image", "command_line", "source", "label", "technique", "pid"];
    await connection.run(`COPY (SELECT * FROM ${json(all)}) TO ${text(out)} (FORMAT csv, HEADER)`);
    process.exit(0);
}
const from = layout === "csv" ? `read_csv(${text(file)}, header = true, all_varchar = true)` : json(["command_line"]);
const started = process.hrtime.bigint();
await connection.run(`CREATE TEMP TABLE line AS SELECT command_line, count(*) AS n FROM ${from} GROUP BY 1`);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const [[unique, records]] = (await connection.runAndReadAll("SELECT count(*), sum(n)::BIGINT FROM line")).getRows();
const status = readFileSync("/proc/self/status", "utf8");
const peak = 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)[1]);
console.log(JSON.stringify({ seconds, records: Number(records), unique: Number(unique), peak_bytes: peak, version: version() }));
