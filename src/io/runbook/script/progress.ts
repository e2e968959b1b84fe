/** The plan's tables by name, and how far an earlier start has come with them. */
export const PROGRESS = `
# Looks up what the plan's tables refer to, and gives each migration what changes with it.
$NodeOf = New-Table
$VmOf = New-Table
$vmMoves = New-Table
$Apart = @{}
$PlacesOf = @{}
foreach ($place in $Places) {
  if (-not $PlacesOf.ContainsKey($place.Group)) { $PlacesOf[$place.Group] = New-Table }
  $PlacesOf[$place.Group][$place.Node] = $place.Place
}
$Together = @{}
foreach ($node in $Nodes) {
  $NodeOf[$node.Name] = $node
  $Run.Load[$node.Name] = @(0.0) * $Spaces.Count
}
foreach ($vm in $Vms) {
  $VmOf[$vm.Name] = $vm
  $vmMoves[$vm.Name] = @()
  foreach ($group in $vm.Apart) { $Apart[$group] = @($Apart[$group] | Where-Object { $null -ne $_ }) + @($vm.Name) }
  if ($vm.Together -ge 0) { $Together[$vm.Together] = @($Together[$vm.Together] | Where-Object { $null -ne $_ }) + @($vm.Name) }
}
# By VM, those right before it and right behind it in the request's order.
$Neighbours = @{ Ahead = (New-Table); Behind = (New-Table) }
foreach ($vm in $Vms) { foreach ($side in @('Ahead', 'Behind')) { $Neighbours[$side][$vm.Name] = @() } }
foreach ($vm in $Vms) {
  foreach ($number in $vm.Ahead) {
    $Neighbours.Ahead[$vm.Name] += $Vms[$number].Name
    $Neighbours.Behind[$Vms[$number].Name] += $vm.Name
  }
}
$windowsOf = New-Table
foreach ($window in $Windows) {
  $key = ''
  if ($window.Vm -ne '') { $key = 'vm ' + $window.Vm }
  if ($window.Node -ne '') { $key = 'node ' + $window.Node }
  if ($window.NoWork) { $key = 'no-work ' + $key }
  if (-not $windowsOf.ContainsKey($key)) { $windowsOf[$key] = @() }
  $windowsOf[$key] += $window
}
function Get-Listed($key) {
  if ($windowsOf.ContainsKey($key)) { return $windowsOf[$key] }
}
$number = 0
foreach ($move in $Moves) {
  $move.Number = $number
  $move.Status = 'open'   # open, held, running, lost; settled: ended, failed, left, declined
  $move.Logged = ''       # the last that an earlier start has written of it: started, ended or failed
  $move.Half = $false     # an earlier start has left it half done: the step that is due follows from where the VM is and whether it runs
  $move.Again = $false    # an earlier start may have begun it, nothing is to be seen of it: when that is settled, it is tried again
  $move.Seen = $false     # it was seen in transit since it was started
  $move.Hidden = $false   # it could not be looked at the last time
  $move.OldPhase = 0      # MigrationState before it was started
  $move.Block = ''
  $move.Why = ''
  $move.Until = -1        # end of the window that it waits for
  $move.HostSince = -1
  $move.Overdue = $false   # it was said that it cannot keep its deadline
  $move.Windows = @(Get-Listed '') + @(Get-Listed ('vm ' + $move.Vm)) + @(Get-Listed ('node ' + $move.From))
  if (-not (Test-Same $move.To $move.From)) { $move.Windows += @(Get-Listed ('node ' + $move.To)) }
  $vmMoves[$move.Vm] += $move
  $number++
}
$WorkOf = New-Table
$number = 0
foreach ($work in $Works) {
  $work.Number = $number
  $work.Status = 'open'   # open, held, running; settled: ended, failed, left, declined
  $work.Phase = ''        # of one that is running: await (its node), script, ask, return (of its node), resume
  $work.Block = ''
  $work.Why = ''
  $work.Until = -1        # second until which it waits
  $work.HostSince = -1
  $work.Again = $false    # it was begun or has failed in an earlier start
  $work.StartedAt = 0.0
  $work.EndedAt = -1
  $work.PhaseAt = 0.0
  $work.Told = $false     # it was said that it takes longer than planned
  $work.Shell = $null     # where the administrator's script runs
  $work.Handle = $null
  $work.Windows = @()
  foreach ($key in @('', ('node ' + $work.Node))) { $work.Windows += @(Get-Listed $key) + @(Get-Listed ('no-work ' + $key)) }
  $WorkOf[$work.Node] = $work
  $number++
}

function Test-Reached($move, $seen) {
  if ($seen.Transit -or -not (Test-Same $seen.Owner $move.To)) { return $false }
  if (Test-InPlace $move) { return ([string](Get-Machine $move.Vm $seen.Owner).State -eq (Get-RestState $move)) }
  return ($seen.State -eq 'Online' -or $VmOf[$move.Vm].State -ne 'running')
}

# The migrations of the VM that are over by where it is, though nobody has written that they have ended: an earlier start was stopped
# meanwhile, or somebody else has moved the VM, perhaps past its stop-over.
function Get-Arrived($vm) {
  $open = @($vmMoves[$vm] | Where-Object { $_.Status -ne 'ended' })
  if ($open.Count -eq 0) { return @() }
  $seen = Get-Standing $vm
  # Under work it may be down: nothing of its VMs has changed there.
  if ((Test-Begun $seen.Owner) -and -not (Test-NodeUp $seen.Owner)) { return @() }
  for ($last = $open.Count - 1; $last -ge 0; $last--) {
    # A VM that is to come back to where it is has not left yet.
    if ($last -gt 0 -and (Test-Same $open[$last].To $open[0].From)) { continue }
    if (Test-Reached $open[$last] $seen) { return @($open[0..$last]) }
  }
  return @()
}

# Whether the plan has a VM that runs asleep by now: saved, or off, where it is.
function Test-Asleep($vm) {
  $asleep = $false
  foreach ($move in $vmMoves[$vm]) { if ($move.Status -eq 'ended' -and (Test-InPlace $move)) { $asleep = -not (Test-Waking $move) } }
  return $asleep
}

# What the journal says of an earlier start, and what has become of what it has as under way. Reality decides.
function Read-Progress {
  foreach ($entry in $Run.Entries) {
    if ($entry.event -eq 'finished') { $Run.Finished = $true }
    if (@('node-paused', 'node-resumed') -contains $entry.event) { $Run.Paused[([string](Read-Property $entry 'node')).Substring(1)] = $entry.event; continue }
    if ($entry.event -like 'work-*') { Read-WorkEntry $entry; if ($Run.Faults.Count -gt 0) { return }; continue }
    if (@('started', 'ended', 'failed') -notcontains $entry.event) { continue }
    $vm = [string](Read-Property $entry 'vm')
    $leg = Read-Property $entry 'leg'
    $list = @()
    if ($vm -ne '' -and $vmMoves.ContainsKey($vm.Substring(1))) { $list = @($vmMoves[$vm.Substring(1)]) }
    if ($null -eq $leg -or $leg -lt 0 -or $leg -ge $list.Count) { $Run.Faults += 'The journal names a migration that the plan does not have.'; return }
    $list[$leg].Logged = $entry.event
    if ($entry.event -eq 'ended') { $list[$leg].Status = 'ended' } else { $list[$leg].Status = 'open' }
  }
  foreach ($vm in $Vms) {
    # Without a journal the VM has to be where the plan has it, but for a restart: one that another runbook has left half done may have been
    # planned anew, and then goes on from where it stands.
    $first = $vmMoves[$vm.Name] | Where-Object { $_.Status -ne 'ended' } | Select-Object -First 1
    if ($null -eq $first -or ($null -eq $Run.Begin -and $first.Kind -ne 'restart')) { continue }
    foreach ($move in @(Get-Arrived $vm.Name)) {
      $move.Status = 'ended'
      $Run.Found += @{ Event = 'ended'; Move = $move; Detail = ''; Node = '' }
    }
    $move = $vmMoves[$vm.Name] | Where-Object { $_.Status -ne 'ended' } | Select-Object -First 1
    if ($null -eq $move -or ($move.Logged -eq '' -and $move.Kind -ne 'restart')) { continue }
    $seen = Get-Standing $vm.Name
    $near = ((Test-Same $seen.Owner $move.From) -or (Test-Same $seen.Owner $move.To))
    $down = ($vm.State -eq 'running' -and $seen.State -ne 'Online' -and -not $seen.Transit)
    $move.Half = ($near -and $down -and @('restart', 'save') -contains $move.Kind)
    # A live migration has no step that starts the VM: it may be down because somebody wants it so.
    if ($move.Kind -eq 'live' -and $down -and $move.Logged -eq 'failed' -and (Test-Same $seen.Owner $move.To)) {
      $move.Status = 'failed'
      $move.Why = 'it has arrived, but is {0}' -f $seen.State
      Add-Note ('{0}: has arrived on {1}, but is {2}. It is not started by this runbook; the rest goes on.' -f $vm.Name, $move.To, $seen.State)
      continue
    }
    # A restart, or a save or stop in place, of which nothing has happened can begin anew. What the cluster was to move may still be queued.
    $begun = ($move.Logged -eq 'started' -and @('live', 'save') -contains $move.Kind -and $near)
    if ($move.Half -or $begun -or ($seen.Transit -and $move.Logged -ne '')) { $move.Status = 'running' }
    elseif ($move.Logged -eq 'started') {
      $Run.Found += @{ Event = 'failed'; Move = $move; Detail = 'it was not under way any more when the run was resumed'; Node = (Get-Owner $vm.Name) }
    }
  }
}

# Where what each VM takes counts at the beginning of this start.
function Initialize-Load {
  foreach ($vm in $Vms) {
    $node = Get-Owner $vm.Name
    $saved = Test-Asleep $vm.Name
    foreach ($move in $vmMoves[$vm.Name]) {
      # Until it is known to have ended, it counts on both nodes, whichever owns it now.
      if ($move.Status -eq 'running') { $node = $move.From }
    }
    if (-not $Run.Load.ContainsKey($node)) { continue }
    for ($i = 0; $i -lt $Spaces.Count; $i++) {
      if ($saved -and -not $Spaces[$i].Kept) { continue }
      $Run.Load[$node][$i] = $Run.Load[$node][$i] + $vm.Takes[$i]
    }
  }
}
`
