/** What the people at the screen read. */
export const REPORT = `
# Seconds without a message after which it is told what is under way.
$QuietSeconds = 300
$Fates = @{ open = 'not started'; held = 'put off'; left = 'left'; declined = 'declined'; failed = 'failed'; lost = 'under way'; running = 'under way' }

# 'n migrations and m works'
function Format-Count($migrations, $count) {
  if ($Works.Count -eq 0) { return '{0} migrations' -f $migrations }
  return '{0} migrations and {1} works' -f $migrations, $count
}

function Get-Label($move) {
  if (Test-Waking $move) { return 'RESUME IN PLACE: start on {0}' -f $move.From }
  if ($move.Kind -eq 'restart') { return 'RESTART: shut down, switch on processor compatibility, move from {0} to {1}, start' -f $move.From, $move.To }
  if ($move.Kind -eq 'save') { return 'SAVE: save, move from {0} to {1}, resume' -f $move.From, $move.To }
  if ($move.Kind -eq 'save-in-place') { return 'SAVE IN PLACE: save on {0}, and leave it saved' -f $move.From }
  if ($move.Kind -eq 'stop-in-place') { return 'STOP IN PLACE: shut down on {0}, and leave it off' -f $move.From }
  return 'Migrate from {0} to {1}' -f $move.From, $move.To
}

function Show-Plan {
  foreach ($each in @(@($Moves) + @($Works) | Sort-Object -Property { $_.Start }, { $_.Number })) {
    if (@('ended', 'failed') -contains $each.Status) { continue }
    if ($null -ne $each['Node']) { $null = Confirm-Step $each.Node ('{0}, planned for {1}, {2}' -f (Get-WorkLabel $each), (Format-Second $each.Start), (Format-Span $each.Seconds)); continue }
    $null = Confirm-Step $each.Vm ('{0}, planned for {1}' -f (Get-Label $each), (Format-Second $each.Start))
  }
  $null = Approve-Pausing
}

# How many have ended, and when the last is to end: as planned, later or earlier by as much as the last start.
function Get-Progress {
  $ended = 0
  $last = -1
  foreach ($move in $Moves) {
    if ($move.Status -eq 'ended') { $ended++ }
    elseif (Test-Unsettled $move) { $last = [math]::Max([double]$last, $move.Seconds + [math]::Max([double]$move.Until, $move.Start + $Run.Delay)) }
  }
  $worked = 0
  foreach ($work in $Works) {
    if ($work.Status -eq 'ended') { $worked++ }
    elseif ($work.Status -eq 'running') { $last = [math]::Max([double]$last, $work.StartedAt + $work.Seconds) }
    elseif (Test-Unsettled $work) { $last = [math]::Max([double]$last, $work.Seconds + [math]::Max([double]$work.Until, $work.Start + $Run.Delay)) }
  }
  $text = '{0} of {1} done' -f $ended, $Moves.Count
  if ($Works.Count -gt 0) { $text = '{0} of {1} migrations and {2} of {3} works done' -f $ended, $Moves.Count, $worked, $Works.Count }
  if ($last -lt 0) { return $text }
  return '{0}, all by about {1}' -f $text, (Format-Second ([math]::Max([double]$last, (Get-Second))))
}

function Get-Underway {
  $now = Get-Second
  $texts = @($Run.Active | ForEach-Object { '{0} -> {1} for {2} of {3}' -f $_.Vm, $_.To, (Format-Span ($now - $_.StartedAt)), (Format-Span $_.Seconds) })
  $texts += @($Works | Where-Object { $_.Status -eq 'running' } | ForEach-Object { 'work on {0} for {1} of {2}' -f $_.Node, (Format-Span ($now - $_.StartedAt)), (Format-Span $_.Seconds) })
  return ($texts -join '; ')
}

# A sign of life while nothing else is to be told.
function Show-Underway {
  # Nothing is said, and nothing under way, as long as the first start is waited for.
  if ($null -eq $Run.SpokeAt -or ((Get-Utc) - $Run.SpokeAt).TotalSeconds -lt $QuietSeconds) { return }
  $underway = Get-Underway
  if ($underway -ne '') { Write-Note ('Under way: {0}. {1}' -f $underway, (Get-Progress)) }
}

# 'is on NODE, running'
function Get-Whereabouts($vm) {
  $owner = Get-Owner $vm
  if ($owner -eq '') { return 'is no longer in the cluster' }
  $state = [string]$Run.Groups[$vm].State
  if ($state -eq 'Online') { return 'is on {0}, running' -f $owner }
  try { $state = [string](Get-Machine $vm $owner).State } catch { $null = $_ }
  return 'is on {0}, {1}' -f $owner, $state.ToUpperInvariant()
}

function Show-Resumed {
  if ($null -ne $Run.Begin) { Write-Note ('Resumed: {0}' -f (Get-Progress)) }
  foreach ($found in $Run.Found) {
    if ($found.Event -eq 'ended') { Write-Note ('{0}: has ended already' -f $found.Move.Vm) } else { Write-Note ('{0}: {1}; it is tried again' -f $found.Move.Vm, $found.Detail) }
  }
  foreach ($move in $Moves) { if ($move.Status -eq 'running') { Write-Note ('{0}: {1} -> {2} was begun; it {3}' -f $move.Vm, $move.From, $move.To, (Get-Whereabouts $move.Vm)) } }
}

# Nobody goes on with these while a check fails.
function Show-Half {
  foreach ($move in $Moves) {
    if ($move.Half) { Write-Warning ('{0}: {1} -> {2} ({3}) is half done. It {4}.' -f $move.Vm, $move.From, $move.To, $move.Kind, (Get-Whereabouts $move.Vm)) }
  }
}

# VMs that must not share a node and do, since one of them has not moved.
function Show-Shared {
  foreach ($group in $Apart.Keys) {
    $nodes = New-Table
    foreach ($vm in $Apart[$group]) {
      $owner = Get-Owner $vm
      if ($owner -eq '') { continue }
      if ($nodes.ContainsKey($owner)) { Write-Warning ('{0} and {1} must not share a node: both are on {2}.' -f $nodes[$owner], $vm, $owner) }
      $nodes[$owner] = $vm
    }
  }
}

# Tells what has become of all. Returns the exit code.
function Complete-Run {
  try {
    Update-View
    # What has failed here may have been moved by hand since.
    foreach ($vm in $Vms) { $null = Update-Arrived $vm.Name }
  }
  catch { Write-Warning ('The cluster does not answer; what follows is as last seen: {0}' -f $_.Exception.Message) }
  $left = @($Moves | Where-Object { $_.Status -ne 'ended' })
  $undone = @($Works | Where-Object { $_.Status -ne 'ended' })
  $ended = Format-Count ($Moves.Count - $left.Count) ($Works.Count - $undone.Count)
  if ($Run.Broken) { foreach ($move in $left) { if (Test-Open $move) { $move.Why = 'the journal cannot be written' } } }
  $took = Format-Span ((Get-Utc) - $Run.BeganAt).TotalSeconds
  if ($left.Count -eq 0 -and $undone.Count -eq 0) {
    Add-Event 'finished' ''
    if ($Works.Count -gt 0) { Write-Note ('Every migration and every work of the plan has ended: {0} in {1}.' -f $ended, $took) }
    else { Write-Note ('Every migration of the plan has ended: {0} in {1}.' -f $Moves.Count, $took) }
    if (@($Run.Paused.Values) -contains 'node-paused') { Write-Note 'Started once more, or with -Resume, it resumes the nodes that it has paused.' }
  }
  else {
    if ($Works.Count -gt 0) { Write-Warning ('{0} are left; {1} have ended. This start took {2}.' -f (Format-Count $left.Count $undone.Count), $ended, $took) }
    else { Write-Warning ('{0} of {1} migrations are left; {2} have ended. This start took {3}.' -f $left.Count, $Moves.Count, ($Moves.Count - $left.Count), $took) }
    foreach ($work in $undone) {
      $text = $Fates[$work.Status]
      if ($work.Why -ne '') { $text = '{0}: {1}' -f $text, $work.Why.TrimEnd('.') }
      Write-Warning ('  work on {0}: {1}. The node is {2}.' -f $work.Node, $text, $Run.Nodes[$work.Node])
    }
    foreach ($move in $left) {
      $text = $Fates[$move.Status]
      if ($move.Why -ne '') { $text = '{0}: {1}' -f $text, $move.Why.TrimEnd('.') }
      Write-Warning ('  {0}: {1} -> {2}, {3}. It {4}.' -f $move.Vm, $move.From, $move.To, $text, (Get-Whereabouts $move.Vm))
    }
    Show-Shared
    Write-Warning ('Start it again to try what is left, or have it planned anew: vmferry replan, with the journal {0}' -f $Run.Journal)
    $names = New-Table
    foreach ($move in $left) { $names[$move.Vm] = $true }
    Add-Event 'stopped' ('left: {0}' -f (@(@($undone | ForEach-Object { 'work on {0}' -f $_.Node }) + @($Vms | Where-Object { $names.ContainsKey($_.Name) } | ForEach-Object { $_.Name })) -join ', '))
  }
  if ($Run.Broken) { return 1 }
  if ($left.Count -eq 0 -and $undone.Count -eq 0) { return 0 }
  return 3
}
`
