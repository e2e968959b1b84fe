/** Works of maintenance: when one may start, and what becomes of it. */
export const WORKS = String.raw`
# Neither settled nor given up: what the plan has behind it waits.
function Test-Pending($work) {
  return @('open', 'held', 'running') -contains $work.Status
}

function Get-WorkLabel($work) {
  if ($null -eq $Worker) { $how = 'ask for the work on it' }
  elseif ($Worker -is [scriptblock]) { $how = 'work on it by the script block of -Work' }
  else { $how = 'work on it by {0}' -f $Worker }
  $text = 'Pause it when it is empty, {0}, resume it when it is up again' -f $how
  if ($work.Again) { return 'AGAIN: {0}' -f $text }
  return $text
}

function Test-WorkOrder($work) {
  foreach ($number in $work.After) {
    if (Test-Unsettled $Moves[$number]) { return (Set-Block $work 'order' ('waits for {0}' -f $Moves[$number].Vm)) }
  }
  foreach ($number in $work.Behind) {
    $other = $Works[$number]
    if (Test-Pending $other) { return (Set-Block $work 'order' ('waits for the work on {0}' -f $other.Node)) }
    if ($other.Status -ne 'ended') { return (Set-Block $work 'never' ('{0}, which goes before it, has not been worked on' -f $other.Node)) }
  }
  foreach ($other in $Works) {
    if ($other.Rank -lt $work.Rank -and (Test-Pending $other)) { return (Set-Block $work 'order' ('waits for the work on {0}' -f $other.Node)) }
    # Of an earlier start: the first one was left, and the others have been.
    if ($work.Rank -eq 0 -and $other.Rank -gt 0 -and @('running', 'ended') -contains $other.Status) { return (Set-Block $work 'never' ('it was to be the first, and {0} has been worked on' -f $other.Node)) }
  }
  return $true
}

# As many at once as the plan allows, none that must not be beside another, and none while one settles. A node whose work has failed is still
# away, for those that it must not be away with.
function Test-WorkLimit($work) {
  $running = @($Works | Where-Object { $_.Status -eq 'running' })
  if ($running.Count -ge $Plan.WorksAtOnce) { return (Set-Block $work 'limit' ('{0} nodes are worked on, as many as the plan allows at once' -f $running.Count)) }
  foreach ($other in $Works) {
    $away = ($other.Status -eq 'failed' -and $Run.Nodes[$other.Node] -ne 'Up')
    if ($other.Status -eq 'running' -or $away) {
      if ($work.Apart -contains $other.Number -or $work.Domain -cne $other.Domain) { return (Set-Block $work 'limit' ('it must not be worked on while {0} is away' -f $other.Node)) }
    }
    if ($other.Status -eq 'ended' -and $other.Settle -gt 0 -and $other.EndedAt + $other.Settle -gt (Get-Second)) {
      $work.Until = $other.EndedAt + $other.Settle
      return (Set-Block $work 'settle' ('{0} settles until {1}' -f $other.Node, (Format-Second $work.Until)))
    }
  }
  return $true
}

# Its time is the administrator's own figure: no margins on top.
function Test-WorkWindow($work) {
  $now = Get-Second
  $work.Until = -1
  if ($now -lt $work.Earliest) { $work.Until = $work.Earliest; return (Set-Block $work 'window' ('starts at {0}' -f (Format-Second $work.Earliest))) }
  $end = $now + $work.Seconds
  if ($end -gt $Plan.HorizonSeconds) { return (Set-Block $work 'horizon' 'it would end after the horizon of the plan') }
  if ($work.Latest -ge 0 -and $end -gt $work.Latest + 0.001) { return (Set-Block $work 'horizon' ('it would not end by {0}' -f (Format-Second $work.Latest))) }
  $waits = $null
  foreach ($window in $work.Windows) {
    if ($window.Until -le $now -or $window.From -ge $end) { continue }
    if ($work.Start -ge $window.Until - 0.001 -or $window.From -le $now) { $waits = $window; continue }
    $work.Until = $window.Until
    return (Set-Block $work 'late' ('it would not end before the window {0}' -f (Format-Window $window)))
  }
  if ($null -ne $waits) { $work.Until = $waits.Until; return (Set-Block $work 'window' ('waits for the window that ends at {0}' -f (Format-Second $waits.Until))) }
  return $true
}

# What runs on the node, clustered or not: it would go down with it.
function Get-Running($node) {
  $names = @(Get-Residents $node)
  foreach ($machine in @(Hyper-V\Get-VM -ComputerName $node)) {
    if (@('Off', 'Saved') -notcontains [string]$machine.State -and $names -notcontains [string]$machine.Name) { $names += [string]$machine.Name }
  }
  return $names
}

function Test-WorkNode($work) {
  $state = $Run.Nodes[$work.Node]
  if (@('Up', 'Paused') -notcontains $state) { return (Set-Block $work 'host' ('the node is {0}' -f $state)) }
  foreach ($move in $Run.Active) {
    if ((Test-Same $move.From $work.Node) -or (Test-Same $move.To $work.Node)) { return (Set-Block $work 'busy' ('{0} is still on its way' -f $move.Vm)) }
  }
  try { $running = @(Get-Running $work.Node) }
  catch { return (Set-Block $work 'host' ('the node does not answer: {0}' -f $_.Exception.Message)) }
  if ($running.Count -eq 0) { return $true }
  $why = 'the node is not empty: {0}' -f ($running -join ', ')
  # What this run has failed to move away does not go by itself.
  foreach ($vm in $running) {
    if ($vmMoves.ContainsKey($vm) -and @($vmMoves[$vm] | Where-Object { $_.Status -ne 'ended' -and (Test-Same $_.From $work.Node) }).Count -gt 0) { return (Set-Block $work 'busy' $why) }
  }
  return (Set-Block $work 'host' $why)
}

function Test-WorkStart($work) {
  $work.Block = ''
  $work.Why = ''
  return ((Test-WorkOrder $work) -and (Test-WorkLimit $work) -and (Test-WorkWindow $work) -and (Test-WorkNode $work))
}

function Update-WorkBlocked($work) {
  if ($work.Block -ne 'host') { $work.HostSince = -1 }
  if ($work.Status -eq 'held') { return }
  if ($work.Block -eq 'late') {
    if ($OnWindow -eq 'Wait') { $work.Status = 'held' } else { $work.Status = 'left' }
  }
  elseif (@('never', 'horizon') -contains $work.Block) { $work.Status = 'left' }
  elseif ($work.Block -eq 'busy') {
    if (@($Run.Active | Where-Object { $_.Status -eq 'running' -and ((Test-Same $_.From $work.Node) -or (Test-Same $_.To $work.Node)) }).Count -eq 0) { $work.Status = 'held' }
  }
  elseif ($work.Block -eq 'host') {
    if ($work.HostSince -lt 0) { $work.HostSince = Get-Second; Write-Note ('Work on {0}: waits, {1}' -f $work.Node, $work.Why) }
    elseif ((Get-Second) - $work.HostSince -ge 60 * $AllowStuckMinutes) { $work.Status = 'held' }
  }
  if ($work.Status -eq 'held') { Write-Note ('Work on {0}: put off, {1}' -f $work.Node, $work.Why) }
  if ($work.Status -eq 'left') { Write-Warning ('Work on {0}: left, {1}' -f $work.Node, $work.Why) }
}

function Get-WorkDue($work) {
  if (@('window', 'late', 'settle') -contains $work.Block) { return $work.Until }
  if ($work.Block -eq 'host' -and $work.Status -eq 'open') { return (Get-Second) + $PollSeconds }
  return [double]::PositiveInfinity
}

# Nothing else is to happen any more: what was put off will not be, and what the plan has behind it goes on without. VMs go back to the node.
function Skip-Held {
  $given = @($Works | Where-Object { $_.Status -eq 'held' })
  foreach ($work in $given) {
    $work.Status = 'left'
    Write-Warning ('Work on {0}: left, {1}' -f $work.Node, $work.Why)
    if ($Run.Paused[$work.Node] -eq 'node-paused' -and $Run.Nodes[$work.Node] -eq 'Paused') { Resume-Worked $work }
  }
  if ($given.Count -gt 0) { $Run.Changed = $true }
  return ($given.Count -gt 0)
}

# Paused first, so that nobody else places a VM there, and looked at again.
function Start-Work($work) {
  if ($Run.Nodes[$work.Node] -eq 'Up') {
    try { Suspend-Quietly $work.Node }
    catch { $null = Set-Block $work 'host' ('it cannot be paused: {0}' -f $_.Exception.Message); return }
    Update-View
    if (-not (Test-WorkNode $work)) { return }
  }
  Add-NodeEvent 'work-started' $work.Node
  if ($Run.Broken) { return }
  Enter-Work $work 'script'
  Write-Note ('Work on {0}: begins; planned for {1}' -f $work.Node, (Format-Span $work.Seconds))
  Start-Script $work
}

function Enter-Work($work, $phase) {
  $work.Status = 'running'
  $work.StartedAt = Get-Second
  Set-Phase $work $phase
}

function Set-Phase($work, $phase) {
  $work.Phase = $phase
  $work.PhaseAt = Get-Second
}

# The administrator's script, in a runspace of its own; without one people are asked when nothing else is under way.
function Start-Script($work) {
  if ($null -eq $Worker) { Set-Phase $work 'ask'; return }
  Set-Phase $work 'script'
  try { Open-Script $work }
  catch { Update-WorkFailed $work ('its script could not be started: {0}' -f $_.Exception.Message) }
}

# Up again means that the cluster has it and that its host answers: before that nothing can be moved there.
function Test-NodeUp($node) {
  if (@('Up', 'Paused') -notcontains $Run.Nodes[$node]) { return $false }
  try { $null = Hyper-V\Get-VMHost -ComputerName $node; return $true } catch { return $false }
}

function Update-Work($work) {
  $now = Get-Second
  $patience = 60 * $AllowStuckMinutes
  if ($work.Phase -eq 'await') {
    if (Test-NodeUp $work.Node) { Start-Script $work }
    elseif ($now - $work.PhaseAt -ge $patience) { Update-WorkFailed $work ('the node is {0}, and does not come back' -f $Run.Nodes[$work.Node]) }
  }
  elseif ($work.Phase -eq 'script' -and (Test-ScriptOver $work)) {
    $failure = Close-Script $work
    if ($failure -ne '') { Update-WorkFailed $work $failure; return }
    Set-Phase $work 'return'
  }
  if ($work.Phase -eq 'return') {
    if (Test-NodeUp $work.Node) { Update-WorkEnded $work }
    elseif ($now - $work.PhaseAt -ge $patience) { Update-WorkFailed $work ('its script has ended, and the node is {0}' -f $Run.Nodes[$work.Node]) }
  }
  if ($work.Phase -eq 'resume') { Resume-Worked $work }
  if ($work.Status -eq 'running' -and -not $work.Told -and $now -gt $work.StartedAt + $work.Seconds + 1) {
    $work.Told = $true
    Write-Note ('Work on {0}: takes longer than planned. The night gets longer when it takes {1} more than that; what waits for it waits.' -f $work.Node, (Format-Span $work.Slack))
  }
}

function Update-WorkEnded($work) {
  Add-NodeEvent 'work-ended' $work.Node
  $work.EndedAt = Get-Second
  Set-Phase $work 'resume'
  Write-Note ('Work on {0}: has ended after {1}, and the node is up' -f $work.Node, (Format-Span ($work.EndedAt - $work.StartedAt)))
}

# Until it is resumed no VM can come: tried again at every look, for as long as other things are.
function Resume-Worked($work) {
  if ($Run.Nodes[$work.Node] -eq 'Paused') {
    try { Resume-Quietly $work.Node }
    catch {
      if ($work.Status -ne 'running') { Write-Warning ('{0}: could not be resumed: {1}' -f $work.Node, $_.Exception.Message); return }
      if ((Get-Second) - $work.PhaseAt -lt 60 * $AllowStuckMinutes) { return }
      Write-Warning ('{0}: could not be resumed, so no VM comes to it: {1}' -f $work.Node, $_.Exception.Message)
    }
  }
  if ($work.Status -ne 'running') { return }
  $work.Phase = ''
  $work.Status = 'ended'
  $Run.Changed = $true
}

function Update-WorkFailed($work, $detail) {
  Add-Entry ([ordered]@{ event = 'work-failed'; at = (ConvertTo-Iso (Get-Utc)); node = $work.Node; detail = $detail })
  $work.Phase = ''
  $work.Status = 'failed'
  $work.Why = $detail
  $Run.Changed = $true
  Write-Warning ('Work on {0}: has failed, {1}. The node is {2} and takes no VM in this run; the rest goes on.' -f $work.Node, $detail.TrimEnd('.'), $Run.Nodes[$work.Node])
}

# Whoever does the work by hand is asked when it is done. Migrations are not watched meanwhile, so none is under way.
function Read-Answer {
  foreach ($work in @($Works | Where-Object { $_.Status -eq 'running' -and $_.Phase -eq 'ask' })) {
    $query = '{0} is empty and paused: work on it now, and answer when it is up again. Is the work done? (No: it has failed.)' -f $work.Node
    if ($PSCmdlet.ShouldContinue($query, 'Work on {0}' -f $work.Node)) { Set-Phase $work 'return' }
    else { Update-WorkFailed $work 'it was answered that it is not done' }
  }
}

function Test-Asked {
  return @($Works | Where-Object { $_.Status -eq 'running' -and $_.Phase -eq 'ask' }).Count -gt 0
}

# What the journal says of an earlier start.
function Read-WorkEntry($entry) {
  $node = [string](Read-Property $entry 'node')
  if ($node -eq '' -or -not $WorkOf.ContainsKey($node.Substring(1))) { $Run.Faults += 'The journal names a work that the plan does not have.'; return }
  $work = $WorkOf[$node.Substring(1)]
  $second = ((ConvertFrom-Iso ([string](Read-Property $entry 'at')).TrimStart('_')) - $Run.Second0).TotalSeconds
  $work.Again = $true
  if ($entry.event -eq 'work-started') { $work.Status = 'running'; $work.Phase = 'await'; $work.StartedAt = $second }
  elseif ($entry.event -eq 'work-ended') { $work.Status = 'ended'; $work.EndedAt = $second }
  else { $work.Status = 'open' }
}

# What has become of works of an earlier start. One whose node is up with VMs on it is not under way any more.
function Read-Works {
  foreach ($node in $WorkDone) {
    if (-not $WorkOf.ContainsKey($node)) { $Run.Faults += '-WorkDone: the plan has no work on {0}.' -f $node; continue }
    $work = $WorkOf[$node]
    if ($work.Status -eq 'ended') { continue }
    $work.Status = 'ended'
    $work.EndedAt = Get-Second
    $Run.FoundWorks += @{ Event = 'work-ended'; Work = $work; Detail = 'it was said to be done' }
  }
  foreach ($work in $Works) {
    if ($work.Status -ne 'running' -or ($Run.Nodes[$work.Node] -ne 'Up' -and @(Get-Residents $work.Node).Count -eq 0)) { continue }
    $work.Status = 'open'
    $work.Phase = ''
    $Run.FoundWorks += @{ Event = 'work-failed'; Work = $work; Detail = 'its node was up, or not empty, when the run was resumed' }
  }
}

# Written when the run begins: what was found, and nodes that an earlier start has not resumed.
function Restore-Works {
  foreach ($found in $Run.FoundWorks) {
    $entry = [ordered]@{ event = $found.Event; at = (ConvertTo-Iso (Get-Utc)); node = $found.Work.Node }
    if ($found.Event -eq 'work-failed') { $entry['detail'] = $found.Detail }
    Add-Entry $entry
    Write-Note ('Work on {0}: {1}' -f $found.Work.Node, $found.Detail)
  }
  foreach ($work in $Works) {
    if ($work.Status -eq 'ended' -and $Run.Nodes[$work.Node] -eq 'Paused' -and $Run.Paused[$work.Node] -ne 'node-resumed') { Resume-Worked $work }
    if ($work.Status -eq 'running') { Set-Phase $work 'await'; Write-Note ('Work on {0}: was begun by an earlier start. Its script is called again as soon as the node is up' -f $work.Node) }
  }
}
`
