#include "templates.h"

static const struct template admin[] = {
    /* Seen on every day */
    {ON_WSERVERS, ACCOUNT_ADMIN, "wsmprovhost.exe", "powershell.exe", "{ps} {psflags} {encflag} {b64:{adminps}}", NULL,
     false},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "winrshost.exe", "powershell.exe",
     "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand "
     "{b64:{adminps}}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "powershell.exe", "{ps} {psflags} -Command \"{adminps}\"", NULL, false},
    {ON_WSERVERS, ACCOUNT_ADMIN, "explorer.exe", "powershell.exe",
     "{ps} {psflags} -c \"& {<} {getps} | {actps}; {getps} | {actps} {>}\"", NULL, false},
    {ON_WSERVERS, ACCOUNT_ADMIN, "cmd.exe", "wmic.exe",
     "wmic /node:{pick:{server}|\"{server}\"|@{dir}\\hosts.txt} {pick:process call create \"cmd /c "
     "{dir}\\{file}.bat\"|product where \"name like '%{word}%'\" call uninstall /nointeractive|service "
     "where name='{svc}' call startservice|qfe get hotfixid,installedon /format:csv|os get "
     "lastbootuptime}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "sc.exe",
     "sc {pick:|\\\\{server} }{pick:create {word}Svc binPath= \"{dir}\\{file}.exe -k {word}\" start= auto "
     "obj= LocalSystem|config {svc} start= {pick:disabled|demand|auto}|failure {svc} reset= {int:86400} "
     "actions= restart/60000/restart/60000|sdset {svc} "
     "D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "reg.exe",
     "reg {pick:add \"{hive}\" /v {word} /t {pick:REG_SZ|REG_DWORD|REG_BINARY} /d {pick:{int:2}|{hex:16}|"
     "\"{dir}\\{file}.exe\"} /f|export \"{hive}\" \\\\{server}\\{share}\\{self}_{file}.reg /y|delete \"{hive}\" /v "
     "{word}{int:9} /f|save {pick:HKLM\\SYSTEM|HKLM\\SOFTWARE|HKLM\\SAM} "
     "E:\\Backup\\{self}\\{date}\\{file}.hiv /y}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "schtasks.exe",
     "schtasks /create /tn \"{pick:Contoso\\|Ops\\|}{script}\" /tr \"{pick:{ps} {psflags} -File "
     "{dir}\\{script}.ps1|cmd /c {dir}\\{file}.bat|{dir}\\{file}.exe /silent}\" /sc {pick:daily|hourly|"
     "onstart|weekly} {pick:/st {clock} |}/ru {pick:SYSTEM|svc-{word}} /f",
     NULL, false},
    {ON_WSERVERS, ACCOUNT_ADMIN, "cmd.exe", "netsh.exe",
     "netsh {pick:advfirewall firewall add rule name=\"{word} {port}\" dir=in action=allow protocol=TCP "
     "localport={port} remoteip={ip}/24|interface portproxy add v4tov4 listenport={port} "
     "connectaddress={ip} connectport={port}|trace start capture=yes tracefile={dir}\\{file}.etl "
     "maxsize={int:900}|winhttp set proxy {intsite} bypass-list=\"*.corp.example\"}",
     NULL, false},
    {ON_WSERVERS, ACCOUNT_ADMIN, "cmd.exe", "robocopy.exe",
     "robocopy \"{dir}\" \\\\{server}\\{share}\\{word}_{date} /MIR /ZB /COPYALL /R:{int:9} /W:{int:30} /XD "
     "{word} {word} /LOG+:{dir}\\{file}.log /NP",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "certutil.exe",
     "certutil {pick:-hashfile {dir}\\{file}.{pick:msi|exe|iso} SHA256|-verify -urlfetch "
     "{dir}\\{file}.cer|-addstore -f root \\\\{server}\\{share}\\{word}CA.cer|-decode {dir}\\{file}.b64 "
     "{dir}\\{file}.pfx|-encode {dir}\\{file}.cer {dir}\\{file}.txt}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "ccmexec.exe", "msiexec.exe",
     "msiexec /i {pick:https://{intsite}/{urlpath}.msi|\\\\{server}\\{share}\\{pkg}_{ver}.msi|"
     "http://{intsite}/{pkg}/{ver}/{file}.msi} /{pick:qn|quiet|passive} /norestart "
     "{pick:TRANSFORMS={word}.mst |}SERVER={server} TOKEN={hex:32} /l*v {dir}\\{file}.log",
     NULL, false},
    {ON_WSQL, ACCOUNT_SERVICE, "SQLAGENT.EXE", "sqlcmd.exe",
     "sqlcmd -S {server}{pick:|\\{word}|,14{int:99}} {pick:-E|-U sa -P {alnum:12}} -d {db} -Q "
     "\"{pick:BACKUP DATABASE [{db}] TO DISK='\\\\{server}\\{share}\\{db}_{date}.bak' WITH COMPRESSION|EXEC "
     "xp_cmdshell 'dir {dir}'|EXEC sp_configure 'show advanced options',1; RECONFIGURE|UPDATE "
     "STATISTICS {word}_{word} WITH FULLSCAN; DBCC SHRINKFILE({int:9},{int:900})}\" -o {dir}\\{file}.txt",
     NULL, false},
    {ON_WSERVERS, ACCOUNT_ADMIN, "cmd.exe", "wbadmin.exe",
     "{pick:wbadmin start backup -backupTarget:\\\\{server}\\{share} -include:C:,{pick:D:|E:} -vssFull "
     "-quiet|wbadmin delete systemstatebackup -keepVersions:{int:9} -quiet|vssadmin create shadow "
     "/for=C: /autoretry={int:30}|vssadmin delete shadows /for={pick:D:|E:} /oldest /quiet|diskshadow "
     "/s {dir}\\{file}.dsh}",
     NULL, false},
    {ON_WSRV, ACCOUNT_ADMIN, "cmd.exe", "ntdsutil.exe",
     "{pick:ntdsutil \"activate instance ntds\" ifm \"create full E:\\Backup\\{word}\\{date}\" quit quit|"
     "dsquery * -filter \"(&(objectClass=user)(lastLogon<={int:99999999}))\" -attr sAMAccountName -limit "
     "{int:9999}|csvde -f {dir}\\{file}.csv -r \"(objectClass={pick:computer|group|user})\"|nltest "
     "/dsgetdc:corp.example /force|repadmin /syncall {server} /AdeP|dsmod user "
     "\"CN={user},OU={word},DC=corp,DC=example\" -disabled yes}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "procdump.exe",
     "{pick:procdump -accepteula -ma {pick:w3wp|sqlservr|{word}|{int:9999}} {dir}\\{file}.dmp|tasklist "
     "/s {server} /v /fi \"imagename eq {word}.exe\"|taskkill /s {server} /u adm-{word} /f /im {word}.exe|"
     "handle.exe -accepteula -p {int:9999} -a {word}}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "PsExec.exe",
     "psexec {pick:-accepteula |}\\\\{pick:{server}|{host}|{ip}} {pick:-s |-h |-i {int:3} |}{pick:cmd /c "
     "\"{dir}\\{file}.bat\"|gpupdate /force|{ps} {psflags} -File \\\\{server}\\{share}\\{script}.ps1|msiexec "
     "/x {guid} /qn}",
     NULL, false},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "curl",
     "curl -{pick:fsSL|sSL|skL|s} http{pick:s|}://{intsite}/{urlpath}.{pick:tar.gz|tgz} | {pick:sudo |"
     "}tar -xz{pick:v|}f - -C {ldir} --strip-components={int:3}",
     NULL, false},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "curl",
     "curl -sfL https://{intsite}/{urlpath}.sh | {pick:sudo |}{pick:bash|sh} -s -- --{word} {ver} "
     "--token {hex:24}",
     NULL, false},
    {ON_LSRV, ACCOUNT_ADMIN, "bash", "ssh",
     "ssh -o StrictHostKeyChecking=no {pick:-i {ldir}/.ssh/{word}_key |}{pick:root|deploy|"
     "{word}}@{server} '{pick:sudo systemctl restart {unit}|tar czf - {ldir} | base64 > "
     "{ldir}/{file}.b64|for i in {int:9} {int:9}; do kill -HUP $i; done|cat /etc/passwd | cut -d: -f1,3 "
     "| sort -t: -k2 -n}'",
     NULL, false},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "awk",
     "{pick:awk -F: '{<}print $1\",\"$3{>}' /etc/passwd|awk '$9>={int:500} {<}c[$1]++{>} END {<}for(i in "
     "c) print c[i],i{>}' /var/log/{unit}/access.log|zcat {ldir}/{file}.gz | awk -F'\\t' '{<}s+=$5{>} "
     "END{<}print s/NR{>}'} | sort -{pick:rn|k2|u} | {pick:head -{int:90}|tee {ldir}/{file}.txt|mail -s "
     "{word} ops@corp.example}",
     NULL, false},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "find",
     "find {ldir} -{pick:type f|xdev|perm -4000|name '*.{pick:log|sh|conf|pem}'} -mtime +{int:90} "
     "{pick:-exec {pick:gzip -9|chmod 640|md5sum|shred -u} {<}{>} \\;|-print0 | xargs -0 {pick:rm -f|tar "
     "rf {ldir}/{file}.tar|grep -l '{word}'}|-delete}",
     NULL, false},
    {ON_LCI, ACCOUNT_SERVICE, "bash", "docker",
     "docker {pick:run --rm --privileged -v /:/host -v /var/run/docker.sock:/var/run/docker.sock "
     "{intsite}/{proj}:{ver} sh -c '{pick:cp /host{ldir}/{file} /out|chroot /host systemctl restart "
     "{unit}}'|exec -u root {proj}-{int:9} sh -c 'echo {b64a:{word} {word} {int:99999}} | base64 -d > "
     "{ldir}/{file}.conf'|save {intsite}/{proj}:{hex:8} | gzip | ssh {server} 'gunzip | docker load'}",
     NULL, false},
    {ON_LCI, ACCOUNT_SERVICE, "bash", "kubectl",
     "kubectl {pick:-n {proj} exec -it {proj}-{hex:8}-{alnum:5} -- {pick:sh -c 'env | sort > "
     "/tmp/{file}'|bash -c \"curl -s localhost:{port}/debug/{word}\"|cat /etc/{proj}/{file}.yaml}|get "
     "secret {proj}-{word} -o jsonpath='{<}.data.password{>}' | base64 -d|-n {proj} patch deployment "
     "{proj} -p '{<}\"spec\":{<}\"replicas\":{int:9}{>}{>}'|drain {server} --ignore-daemonsets "
     "--delete-emptydir-data --force}",
     NULL, false},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "ansible",
     "ansible {pick:all|web|db|{word}} -i {ldir}/hosts -b -m {pick:shell -a '{pick:curl -s "
     "http://{intsite}/{urlpath} -o {ldir}/{file} && chmod +x {ldir}/{file}|echo {word}:{alnum:10} | "
     "chpasswd|sed -i s/{word}/{word}/ /etc/{proj}/{file}.conf}'|copy -a 'src={ldir}/{file} "
     "dest=/usr/local/bin/{word} mode=0755'|win_shell -a \"{getps} | {actps}\"}",
     NULL, false},
    {ON_LSRV, ACCOUNT_ADMIN, "bash", "sed",
     "sed -{pick:i.bak|i|n|E -i} '{pick:s/{word}={int:99}/{word}={int:99}/g|/^#{word}/d;s|{ldir}|{ldir}|"
     "|{int:99},{int:999}p}' {ldir}/{file}.{pick:conf|ini|yaml|sh} && {pick:nginx -t && systemctl "
     "reload {unit}|service {unit} restart|diff {ldir}/{file}.conf /etc/{proj}/{file}.conf}",
     NULL, false},
    {ON_LSRV, ACCOUNT_SERVICE, "cron", "pg_dump",
     "PGPASSWORD={alnum:12} pg_dump -h {server} -U {word} {proj} | gzip -{int:9} | {pick:openssl enc "
     "-aes-256-cbc -pass file:/root/.{word} -out {ldir}/{file}.enc|ssh backup@{server} 'cat > "
     "/backup/{file}-{date}.gz'|aws s3 cp - s3://{word}-backup/{date}/{file}.gz}",
     NULL, false},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "crontab",
     "(crontab -l; echo \"{int:59} {int:23} * * * {pick:{ldir}/{file}.sh|curl -s "
     "https://{intsite}/{urlpath} >/dev/null|/usr/bin/find {ldir} -mtime +{int:30} -delete} # {word}\") |"
     " crontab -",
     NULL, false},
    {ON_DEV, ACCOUNT_USER, "cmd.exe", "curl.exe",
     "curl.exe -L {pick:-k |}{pick:-o {dir}\\{file}.zip |-O }https://{site}/{urlpath}.{pick:zip|exe|"
     "tar.gz}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "bitsadmin.exe",
     "bitsadmin /transfer {word}{int:99} /download /priority {pick:normal|high|foreground} http{pick:s|"
     "}://{intsite}/{urlpath}.{pick:msi|cab|zip} {dir}\\{file}.{pick:msi|cab|zip}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "rundll32.exe",
     "rundll32.exe {pick:printui.dll,PrintUIEntry /in /n \\\\{server}\\{word}-{int:99}|"
     "setupapi.dll,InstallHinfSection DefaultInstall 132 {dir}\\{file}.inf|"
     "{dir}\\{file}.dll,DllRegisterServer|shell32.dll,Control_RunDLL {word}.cpl|"
     "user32.dll,LockWorkStation}",
     NULL, false},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "cmd.exe",
     "for /f \"tokens={int:9}\" %a in ('{pick:type {dir}\\hosts.txt|net view ^| find \"{word}\"|dir /b "
     "{dir}\\*.log}') do @{pick:ping -n {int:4} %a ^& echo %a >> {dir}\\{file}.txt|copy /y "
     "{dir}\\{file}.exe \\\\%a\\{share}|reg query \"\\\\%a\\{hive}\" /s|del /q \\\\%a\\C$\\Temp\\{file}.tmp}",
     NULL, false},
    /* Test file only */
    {ON_WINDOWS, ACCOUNT_SYSTEM, "ccmexec.exe", "powershell.exe",
     "{ps} {psflags} -Command \"[ScriptBlock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase"
     "64String('{b64a:{adminps}}'))).Invoke()\"",
     NULL, true},
    {ON_WSERVERS, ACCOUNT_ADMIN, "wsmprovhost.exe", "powershell.exe",
     "{ps} -v {int:5}.0 -s -NoLogo -NoProfile {encflag} {b64:& {<} {adminps} {>}} -inputFormat xml "
     "-outputFormat text",
     NULL, true},
    {ON_DESKS, ACCOUNT_SYSTEM, "ChocoAgent.exe", "powershell.exe",
     "{ps} {psflags} iex ((New-Object System.Net.WebClient).DownloadString('https://{intsite}/install.ps"
     "1')); choco install {pkg} -y --source http://{intsite}/{word} --version {ver}",
     NULL, true},
    {ON_WSERVERS, ACCOUNT_ADMIN, "powershell.exe", "dsc.exe",
     "{ps} -Command \"Start-DscConfiguration -Path {dir} -ComputerName {server} -Wait -Force -Verbose; "
     "Test-DscConfiguration -CimSession {server}; {getps}\"",
     NULL, true},
    {ON_WSRV, ACCOUNT_ADMIN, "cmd.exe", "dnscmd.exe",
     "{pick:dnscmd {server} /recordadd corp.example {word}{int:99} A {ip}|dnscmd {server} /zoneexport "
     "{word}.corp.example {file}.dns|dnscmd {server} /config /serverlevelplugindll {dir}\\{file}.dll|"
     "netdom resetpwd /s:{server} /ud:adm-{word} /pd:{alnum:12}|setspn -S "
     "MSSQLSvc/{server}.corp.example:14{int:99} svc-{word}|klist -li 0x3e7 purge}",
     NULL, true},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "dism.exe",
     "{pick:dism /online /{pick:enable|disable}-feature /featurename:{word} /source:\\\\{server}\\{share} "
     "/limitaccess /norestart|dism /image:{dir} /add-package /packagepath:\\\\{server}\\{share}\\{file}.cab|"
     "expand -F:* \\\\{server}\\{share}\\{file}.cab {dir}|bcdedit /set {<}{guid}{>} {pick:testsigning on|"
     "safeboot network|recoveryenabled no}|pnputil /add-driver {dir}\\{file}.inf /install}",
     NULL, true},
    {ON_WSRV, ACCOUNT_ADMIN, "cmd.exe", "appcmd.exe",
     "%windir%\\system32\\inetsrv\\appcmd.exe {pick:set config \"{word}\" -section:system.webServer/handlers "
     "/+\"[name='{word}',path='*.{word}',verb='*']\" /commit:apphost|add site /name:{word} "
     "/bindings:http/*:{port}:{word}.corp.example /physicalPath:{dir}|list apppool {word} /text:*}",
     NULL, true},
    {ON_WINDOWS, ACCOUNT_ADMIN, "cmd.exe", "icacls.exe",
     "{pick:takeown /f {dir} /r /d y && icacls {dir} /grant {pick:Administrators|svc-{word}|Everyone}:F "
     "/t /c|icacls {dir}\\{file} /setowner \"NT AUTHORITY\\SYSTEM\" /q|cipher /w:{dir}|fsutil usn "
     "deletejournal /d {pick:D:|E:}|attrib -r -s -h {dir}\\{file}.* /s|subst {pick:X|Y|Z}: "
     "\\\\{server}\\{share}}",
     NULL, true},
    {ON_WINDOWS, ACCOUNT_SYSTEM, "services.exe", "wevtutil.exe",
     "{pick:wevtutil epl {pick:Security|System|Microsoft-Windows-PowerShell/Operational} "
     "\\\\{server}\\{share}\\{self}-{file}.evtx /q:\"*[System[(EventID={int:9999})]]\"|wevtutil sl "
     "{pick:Security|Application} /ms:{int:999999999}|wevtutil cl {pick:Setup|Application} "
     "/bu:{dir}\\{file}.evtx|auditpol /set /subcategory:\"{pick:Logon|Process Creation}\" "
     "/success:{pick:enable|disable} /failure:enable|logman create counter {word} -c "
     "\"\\Processor(_Total)\\*\" -si {int:90} -o {dir}\\{file}.blg}",
     NULL, true},
    {ON_WSQL, ACCOUNT_SERVICE, "dtexec.exe", "osql.exe",
     "{pick:osql -S {server} -E -n -i \\\\{server}\\{share}\\{file}.sql -o {dir}\\{file}.out|sqlpackage.exe "
     "/Action:Publish /SourceFile:{dir}\\{file}.dacpac "
     "/TargetConnectionString:\"Server={server};Database={db};User Id=sa;Password={alnum:12}\"|{ps} "
     "{psflags} -c \"Invoke-Sqlcmd -ServerInstance {server} -Query 'EXEC master..xp_cmdshell "
     "''{dir}\\{file}.cmd'''\"|mysqldump.exe --host={ip} -uroot -p{alnum:10} --all-databases "
     "--result-file={dir}\\{file}.sql}",
     NULL, true},
    {ON_DEV, ACCOUNT_USER, "cmd.exe", "plink.exe",
     "{pick:plink.exe -batch -pw {alnum:10} {word}@{server} \"{pick:sudo tail -n {int:900} "
     "/var/log/{unit}.log|cat {ldir}/{file} | gzip -c}\" > {dir}\\{file}.txt|pscp.exe -i {dir}\\{word}.ppk "
     "{dir}\\{file}.war {word}@{server}:{ldir}|winscp.com /command \"open "
     "sftp://{word}:{alnum:8}@{server}\" \"put {dir}\\* {ldir}/\" exit|ssh.exe -N -R "
     "{port}:localhost:{port} {word}@{site}}",
     NULL, true},
    {ON_DESKS, ACCOUNT_SYSTEM, "IntuneManagementExtension.exe", "msiexec.exe",
     "{pick:msiexec.exe /fa {<}{guid}{>} /qb-! REBOOT=ReallySuppress|msiexec /q /i "
     "http://{intsite}/{urlpath} ALLUSERS=1 ADDLOCAL=ALL|rundll32 url.dll,FileProtocolHandler "
     "https://{intsite}/{urlpath}|regsvr32 /s /i:{word} \\\\{server}\\{share}\\{file}.ocx|mshta.exe "
     "\\\\{server}\\{share}\\{word}.hta /{word}|wscript //b //e:vbscript {dir}\\{file}.txt /s:{server}}",
     NULL, true},
    {ON_WSERVERS, ACCOUNT_ADMIN, "cmd.exe", "cscript.exe",
     "{pick:cscript //nologo C:\\Windows\\System32\\slmgr.vbs /skms {server}:16{int:99}|cscript //b "
     "\\\\{server}\\{share}\\{script}.vbs \"{hive}\" {hex:8}|forfiles /p {dir} /s /m *.{pick:log|bak|dmp} /d "
     "-{int:90} /c \"cmd /c del /q @path\"|typeperf \"\\Memory\\*\" -s {server} -sc {int:99} -o "
     "{dir}\\{file}.csv|makecab /f {dir}\\{file}.ddf & del {dir}\\{file}.*}",
     NULL, true},
    {ON_WSERVERS, ACCOUNT_ADMIN, "esxcli.exe", "vmware.exe",
     "{pick:{ps} -c \"Connect-VIServer {server} -User {word} -Password {alnum:10}; {getps}; "
     "Invoke-VMScript -VM {word}{int:99} -ScriptText '{getps}' -GuestUser root\"|ovftool --noSSLVerify "
     "vi://{word}:{alnum:9}@{server}/{word} {dir}\\{file}.ova|veeamconfig.exe backup export --id {guid} "
     "--to \\\\{server}\\{share}|azcopy copy \"{dir}\\*\" "
     "\"https://{word}.blob.{site}/{word}?sv={date}&sig={raw:40}\" --recursive}",
     NULL, true},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "wget",
     "wget -qO- {pick:--no-check-certificate |}http{pick:s|}://{pick:{intsite}|{site}}/{urlpath} | "
     "{pick:gpg --dearmor -o /usr/share/keyrings/{word}.gpg|sudo sh|python3 - --{word}={ver}|sudo tee "
     "/etc/apt/sources.list.d/{word}.list|base64 -d | tar xz -C {ldir}}",
     NULL, true},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "python3",
     "python3 -c \"{pick:import base64,zlib;print(zlib.decompress(base64.b64decode('{raw:48}')))|import "
     "socket;s=socket.create_connection(('{server}',{port}),{int:9});print(s.recv({int:99}))|import "
     "os,json;print(json.dumps(dict(os.environ)))|import subprocess as "
     "s;s.call(['systemctl','restart','{unit}'])|import urllib.request as "
     "u;open('{ldir}/{file}','wb').write(u.urlopen('http://{intsite}/{urlpath}').read())}\"",
     NULL, true},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "perl",
     "perl -{pick:ne|pe|lane} '{pick:print if /{word}.*(fail{bar}denied)/i|s/{word}={int:99}/{word}=***/g|"
     "$h{<}$F[0]{>}+=$F[{int:9}];END{<}print \"$_ $h{<}$_{>}\\n\" for keys %h{>}|use MIME::Base64;print "
     "decode_base64($_)}' {ldir}/{file}.log > {ldir}/{file}.{hex:4}",
     NULL, true},
    {ON_LSRV, ACCOUNT_ADMIN, "bash", "tcpdump",
     "{pick:tcpdump -i {pick:any|eth0} -s0 -w {ldir}/{file}.pcap 'tcp port {port} and host {ip}' -G "
     "{int:900} -W 1|nc -zv {server} {port} < /dev/null|nc -l -p {port} > {ldir}/{file}.img|socat "
     "TCP-LISTEN:{port},fork,reuseaddr TCP:{server}:{port}|nmap -sS -p{port},{port} {ip}/24 -oG "
     "{ldir}/{file}.txt|strace -f -p {int:30000} -e trace=network -o {ldir}/{file}.out}",
     NULL, true},
    {ON_LSRV, ACCOUNT_ADMIN, "bash", "openssl",
     "{pick:openssl s_client -connect {server}:{port} -showcerts </dev/null | openssl x509 -noout "
     "-enddate|openssl enc -d -aes-256-cbc -in {ldir}/{file}.enc -pass pass:{alnum:12} | tar x -C "
     "{ldir}|echo {b64a:{word}:{alnum:16}} | base64 -d | openssl dgst -sha256|dd if=/dev/{pick:sda|"
     "nvme0n1} bs={int:9}M | gzip -1 | ssh {server} 'dd of={ldir}/{file}.img.gz'|getent shadow {word} | "
     "cut -d: -f2}",
     NULL, true},
    {ON_LCI, ACCOUNT_SERVICE, "bash", "helm",
     "{pick:helm upgrade --install {proj} {ldir}/{word} --set image.tag={hex:8},{word}.token={raw:24} "
     "--atomic|terraform apply -auto-approve -var '{word}={alnum:8}' -target=module.{word}|podman run "
     "--rm -it --net=host --pid=host -v /etc:/etc {intsite}/{word} bash -c 'iptables-save > "
     "{ldir}/{file}'|skopeo copy docker://{intsite}/{proj}:{ver} docker://{site}/{word}:{ver} "
     "--dest-creds {word}:{alnum:12}|nsenter -t 1 -m -u -n -i {unit} --reload}",
     NULL, true},
    {ON_LSRV, ACCOUNT_ADMIN, "bash", "useradd",
     "{pick:useradd -m -s /bin/bash {word} && echo \"{word} ALL=(ALL) NOPASSWD:ALL\" > "
     "/etc/sudoers.d/{word}|echo 'ssh-ed25519 {raw:60} {word}@{host}' >> "
     "/home/{word}/.ssh/authorized_keys|chattr -i {ldir}/{file} && rm -rf {ldir}/{file}|setfacl -R -m "
     "u:{word}:rwx {ldir}|usermod -aG {pick:docker|sudo|wheel} {word}; passwd -u {word}|history -c; rm "
     "-f ~/.bash_history}",
     NULL, true},
    {ON_LSRV, ACCOUNT_ADMIN, "bash", "rclone",
     "{pick:rclone sync {ldir} {word}:{word}-archive/{date} --transfers {int:30} --bwlimit {int:90}M|"
     "tar --exclude={word} -cpzf - {ldir} | split -b {int:900}m - {ldir}/{file}.tgz.|mysqldump -h "
     "{server} -u{word} -p{alnum:10} {proj} | gzip > {ldir}/{file}-{date}.sql.gz|restic -r "
     "sftp:{server}:{ldir} backup {ldir} --password-command 'cat /root/.{word}'|curl -T "
     "{ldir}/{file}.tar.gz -u {word}:{alnum:10} https://{pick:{site}|{intsite}}/{urlpath}}",
     NULL, true},
    {ON_LINUX, ACCOUNT_ADMIN, "bash", "xargs",
     "cat {ldir}/hosts.txt | xargs -P{int:9} -I{<}{>} ssh -o BatchMode=yes {<}{>} '{pick:uptime; df -h "
     "{bar} grep -v tmpfs|sudo cat /etc/shadow {bar} md5sum|curl -s http://{intsite}/{urlpath} {bar} "
     "sudo bash|pkill -9 -f {word}; nohup {ldir}/{file} &}' 2>/dev/null | tee {ldir}/{file}.log",
     NULL, true},
};

struct template_table templates_admin(void)
{
    return (struct template_table){admin, ARRAY_LEN(admin)};
}
