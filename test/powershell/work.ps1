# An administrator's script, as -Work calls it: it lasts as long as the cluster of the stand-ins says, and ends as it says.
param([string]$Node)
$said = [Vmferry.StandIns.Session]::Work($Node)
if ($said -like 'exit *') { exit [int]$said.Substring(5) }
$said
