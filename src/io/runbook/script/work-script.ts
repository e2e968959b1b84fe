/** The administrator's own script, in a runspace of its own: migrations go on beside it. */
export const WORK_SCRIPT = `
# What runs there: an error ends it, and so does an exit code other than 0. The last object says that it came to its end.
$Wrapper = @'
param($called, $node, $end)
$ErrorActionPreference = 'Stop'
$global:LASTEXITCODE = 0
& $called $node
$end
$global:LASTEXITCODE
'@
$EndMark = [guid]::NewGuid().ToString()
$ShownLines = 20

# A block is taken by its text: variables and functions of the session do not go with it.
function Open-Script($work) {
  $called = $Worker
  # The runspace is in a folder of its own.
  if ($Worker -is [string]) { $called = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Worker) }
  if ($Worker -is [scriptblock]) { $called = [scriptblock]::Create($Worker.ToString()) }
  $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace()
  $runspace.Open()
  $shell = [System.Management.Automation.PowerShell]::Create()
  $shell.Runspace = $runspace
  $null = $shell.AddScript($Wrapper).AddArgument($called).AddArgument($work.Node).AddArgument($EndMark)
  $work.Handle = $shell.BeginInvoke()
  $work.Shell = $shell
}

function Test-ScriptOver($work) {
  return ($null -eq $work.Shell -or $work.Handle.IsCompleted)
}

# Shows what it has said. Returns why it has failed; '' where it has not.
function Close-Script($work) {
  $shell = $work.Shell
  $work.Shell = $null
  $failure = 'its script has called exit'
  $lines = @()
  try {
    $given = @($shell.EndInvoke($work.Handle))
    $mark = -1
    for ($i = 0; $i -lt $given.Count; $i++) { if ([string]$given[$i] -eq $EndMark) { $mark = $i } }
    if ($mark -ge 0) {
      $failure = ''
      $code = [string]$given[$mark + 1]
      if ($code -ne '0') { $failure = 'its script has ended with {0}' -f $code }
      $given = @($given | Select-Object -First $mark)
    }
    $lines = @($given | ForEach-Object { [string]$_ })
  }
  catch { $failure = 'its script has failed: {0}' -f $_.Exception.GetBaseException().Message }
  foreach ($warning in @($shell.Streams.Warning)) { $lines += [string]$warning }
  $shell.Runspace.Dispose()
  $shell.Dispose()
  foreach ($line in @($lines | Select-Object -First $ShownLines)) { Write-Note ('Work on {0}: says {1}' -f $work.Node, $line) }
  if ($lines.Count -gt $ShownLines) { Write-Note ('Work on {0}: says {1} lines more' -f $work.Node, ($lines.Count - $ShownLines)) }
  return $failure
}

# With the runbook ends what it has called: a second call must not meet it.
function Stop-Scripts {
  foreach ($work in $Works) {
    if ($work.Status -ne 'running') { continue }
    if ($null -ne $work.Shell) { try { $null = $work.Shell.BeginStop($null, $null) } catch { $null = $_ } }
    Write-Warning ('The work on {0} is not over: its script ends with the runbook, and the node is left as it is. Look at it; the next start calls the script again.' -f $work.Node)
  }
}
`
