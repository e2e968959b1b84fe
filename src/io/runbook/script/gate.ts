/** Whether a migration may start now. Safety is asked anew each time; the plan's order only decides who is asked first. */
export const GATE = `
# Block is what keeps a migration from starting: order, place, window, late, horizon, slots, limit, network, turn, sequence, room, group, work or host.
function Set-Block($move, $block, $why) {
  $move.Block = $block
  $move.Why = $why
  return $false
}

function Test-Open($move) {
  return @('open', 'held') -contains $move.Status
}

function Test-Unsettled($move) {
  return @('open', 'running') -contains $move.Status
}

# Those that the plan has before this one on its nodes: they have ended, or it is settled that they do not happen now, or they do not end
# at all: what those take, slots and memory, is asked below. One that is held has had its turn, and waits for nothing else.
function Test-Order($move) {
  if ($move.Status -eq 'held') { return $true }
  if ($Plan.Schedule -eq 'rounds') {
    if ($move.Round -gt $Run.Round) { return (Set-Block $move 'order' 'an earlier round is not over') }
    return $true
  }
  foreach ($number in $move.After) {
    if (Test-Unsettled $Moves[$number]) { return (Set-Block $move 'order' ('waits for {0}' -f $Moves[$number].Vm)) }
  }
  foreach ($number in $move.Works) {
    if (Test-Pending $Works[$number]) { return (Set-Block $move 'order' ('waits for the work on {0}' -f $Works[$number].Node)) }
  }
  return $true
}

# Nothing goes near a node under work. One whose work has failed takes no VM; and after a one-way work none goes back to where there was none.
function Test-Works($move) {
  foreach ($node in @($move.From, $move.To)) {
    $work = $WorkOf[$node]
    if ($null -ne $work -and $work.Status -eq 'running') { return (Set-Block $move 'order' ('waits for the work on {0}' -f $node)) }
  }
  $there = $WorkOf[$move.To]
  if ($null -eq $there) { return $true }
  if ($there.Status -eq 'failed') { return (Set-Block $move 'work' ('the work on {0} has failed' -f $move.To)) }
  $here = $WorkOf[$move.From]
  if ($Plan.NeverBackwards -and $null -ne $here -and $here.Status -eq 'ended' -and $there.Status -ne 'ended' -and -not (Test-InPlace $move)) { return (Set-Block $move 'work' ('{0} has not been worked on' -f $move.To)) }
  return $true
}

# The VM is where the migration begins.
function Test-Place($move) {
  if ($move.Prior -ge 0) {
    $prior = $Moves[$move.Prior].Status
    if ($prior -eq 'running') { return (Set-Block $move 'order' 'its first migration is under way') }
    if ($prior -ne 'ended') { return (Set-Block $move 'place' 'its first migration has not taken place') }
  }
  $owner = Get-Owner $move.Vm
  if (-not (Test-Same $owner $move.From)) { return (Set-Block $move 'place' ('it is on {0}, not on {1}' -f $owner, $move.From)) }
  return $true
}

# It has to have ended, even if it takes longer than planned, before the next window begins.
function Test-Window($move) {
  $now = Get-Second
  if ($now + $move.Seconds -gt $Plan.HorizonSeconds) { return (Set-Block $move 'horizon' 'it would end after the horizon of the plan') }
  $end = $now + $move.Seconds * (1 + $MarginPercent / 100) + $MarginSeconds
  $waits = $null
  $move.Until = -1
  foreach ($window in $move.Windows) {
    if ($window.Until -le $now -or $window.From -ge $end) { continue }
    # The plan itself starts it after this window.
    if ($move.Start -ge $window.Until - 0.001) { $waits = $window; continue }
    $move.Until = $window.Until
    return (Set-Block $move 'late' ('it would not end before the window {0}' -f (Format-Window $window)))
  }
  if ($null -ne $waits) { $move.Until = $waits.Until; return (Set-Block $move 'window' ('waits for the window that ends at {0}' -f (Format-Second $waits.Until))) }
  return $true
}

# Slots of a node that live migrations under way hold.
function Get-HeldSlots($node) {
  $held = 0
  foreach ($other in $Run.Active) {
    if ($other.Kind -ne 'live') { continue }
    if (Test-Same $other.From $node) { $held += $other.FromSlots }
    if (Test-Same $other.To $node) { $held += $other.ToSlots }
  }
  return $held
}

# One that takes all slots of a node waits for all of them, and nothing starts there beside it.
function Test-Slots($move) {
  if ($move.Kind -eq 'live') {
    foreach ($end in @(@($move.From, $move.FromSlots), @($move.To, $move.ToSlots))) {
      if ((Get-HeldSlots $end[0]) + $end[1] -gt $NodeOf[$end[0]].Slots) { return (Set-Block $move 'slots' ('{0} has too few free slots' -f $end[0])) }
    }
  }
  if (@('save-in-place', 'resume-in-place') -contains $move.Kind) {
    foreach ($other in $Run.Active) {
      if ($other.Kind -eq $move.Kind -and (Test-Same $other.From $move.From)) { return (Set-Block $move 'slots' ('{0} saves and resumes one VM at a time' -f $move.From)) }
    }
  }
  return $true
}

# What crosses a network holds its share of it from start to end.
function Test-Networks($move) {
  foreach ($number in $move.Networks) {
    $held = $move.MiBps
    foreach ($other in $Run.Active) { if ($other.Networks -contains $number) { $held += $other.MiBps } }
    if ($held -gt $Networks[$number].MiBps * 1.000001) { return (Set-Block $move 'network' ('{0} has too little left for it' -f $Networks[$number].Name)) }
  }
  return $true
}

# The whole cluster has a limit of live migrations, and one of all other kinds.
function Test-AlikeLimit($move, $other) { return (($move.Kind -eq 'live') -eq ($other.Kind -eq 'live')) }

function Test-Limit($move) {
  $most = $Plan.OthersAtOnce
  if ($move.Kind -eq 'live') { $most = $Plan.LiveAtOnce }
  $busy = @($Run.Active | Where-Object { Test-AlikeLimit $move $_ }).Count
  if ($most -gt 0 -and $busy -ge $most) { return (Set-Block $move 'limit' ('{0} migrations are under way, as many as the plan allows at once' -f $busy)) }
  return $true
}

# Of a serial group one VM migrates at a time.
function Get-Turn($move) {
  foreach ($other in $Run.Active) {
    if (Test-Same $other.Vm $move.Vm) { continue }
    foreach ($group in $VmOf[$move.Vm].Serial) { if ($VmOf[$other.Vm].Serial -contains $group) { return $other.Vm } }
  }
  return $null
}

function Test-Turn($move) {
  $other = Get-Turn $move
  if ($null -ne $other) { return (Set-Block $move 'turn' ('it takes turns with {0}' -f $other)) }
  return $true
}

# The first VM on this side of the request's order of which some migration has one of these states, looking past those that have none. Of one that
# has moved as it should, nothing beyond is asked: it waited for that itself.
function Find-Ordered($vm, $side, $states) {
  $open = @($Neighbours[$side][$vm])
  $seen = New-Table
  while ($open.Count -gt 0) {
    $next = @()
    foreach ($name in $open) {
      if ($seen.ContainsKey($name)) { continue }
      $seen[$name] = $true
      $done = $true
      foreach ($other in $vmMoves[$name]) {
        if ($states -contains $other.Status) { return $name }
        if ($other.Status -ne 'ended') { $done = $false }
      }
      if (-not $done) { $next += @($Neighbours[$side][$name]) }
    }
    $open = $next
  }
  return $null
}

# Whoever the request's order puts before it has moved, or does not move in this run; and none that it puts behind it has begun.
function Test-Sequence($move) {
  $first = Find-Ordered $move.Vm 'Ahead' @('open', 'held', 'running', 'lost')
  if ($null -ne $first) { return (Set-Block $move 'sequence' ('{0} goes before it' -f $first)) }
  if ($move.Leg -gt 0) { return $true }
  $later = Find-Ordered $move.Vm 'Behind' @('running', 'lost', 'ended')
  if ($null -ne $later) { return (Set-Block $move 'sequence' ('{0} was to go after it, and has gone' -f $later)) }
  return $true
}

# Before its deadline, if it takes as long as planned. One that cannot keep it is late as before a window, or goes on all the same.
function Test-Deadline($move) {
  if ($move.By -lt 0 -or (Get-Second) + $move.Seconds -le $move.By + 0.001) { return $true }
  $why = 'it would end after its deadline, {0}' -f (Format-Second $move.By)
  if ($OnWindow -ne 'Wait') { return (Set-Block $move 'late' $why) }
  if (-not $move.Overdue) { Write-Warning ('{0}: {1}; it goes on all the same' -f $move.Vm, $why) }
  $move.Overdue = $true
  return $true
}

# Migrations of others take slots, too.
function Test-Foreign($move) {
  if ($move.Kind -ne 'live') { return $true }
  foreach ($node in @($move.From, $move.To)) {
    $foreign = @(Get-Foreign $node)
    if ($foreign.Count -eq 0) { continue }
    $own = $move.FromSlots
    if (-not (Test-Same $node $move.From)) { $own = $move.ToSlots }
    if ($foreign.Count + (Get-HeldSlots $node) + $own -gt $NodeOf[$node].Slots) { return (Set-Block $move 'host' ('{0} is busy with migrations that are not of this runbook: {1}' -f $node, ($foreign -join ', '))) }
  }
  return $true
}

# By the plan's figures: what lives on the target, arrives there or has not left it yet.
function Test-Room($move) {
  if (Test-InPlace $move) { return $true }
  $takes = $VmOf[$move.Vm].Takes
  for ($i = 0; $i -lt $Spaces.Count; $i++) {
    if ($takes[$i] -eq 0) { continue }
    $missing = $Run.Load[$move.To][$i] + $takes[$i] - $NodeOf[$move.To].Room[$i]
    if ($missing -gt 0.000001) { return (Set-Block $move 'room' ('{0} lacks {1:0} {2} for it' -f $move.To, [math]::Ceiling($missing), $Spaces[$i].Name)) }
  }
  return $true
}

# Where the VM may stay when all goes on as it stands now: a migration that is held or has failed may never happen, and of one that does
# not end nobody knows.
function Get-Destinations($vm) {
  $nodes = @(Get-Owner $vm)
  foreach ($other in $vmMoves[$vm]) {
    if ($other.Status -eq 'lost') { $nodes += $other.To }
    elseif (Test-Unsettled $other) { $nodes = @($other.To) }
    elseif ($other.Status -ne 'ended') { break }
  }
  return $nodes
}

# Are the nodes one place for the group: one node, or two of one domain that the group is about?
function Test-Near($group, $node, $other) {
  if (Test-Same $node $other) { return $true }
  if (-not $PlacesOf.ContainsKey($group)) { return $false }
  $place = $PlacesOf[$group][$node]
  return ($null -ne $place -and $place -ceq $PlacesOf[$group][$other])
}

# Back to where both were from the start: no rule of theirs forbids that.
function Test-Homecoming($move, $other) {
  $origin = $VmOf[$move.Vm].Node
  return ($Plan.ReturnHome -and (Test-Same $move.To $origin) -and (Test-Same $VmOf[$other].Node $origin))
}

# What must not meet even for a while: one that is under way is on both nodes.
function Test-Apart($move) {
  if (-not $Plan.ApartInTransit -or (Test-InPlace $move)) { return $true }
  foreach ($group in $VmOf[$move.Vm].Apart) {
    if (Test-Near $group $move.From $move.To) { continue }
    foreach ($other in $Apart[$group]) {
      if ((Test-Same $other $move.Vm) -or (Test-Homecoming $move $other)) { continue }
      $nodes = @(Get-Owner $other)
      foreach ($active in $Run.Active) { if (Test-Same $active.Vm $other) { $nodes += @($active.From, $active.To) } }
      foreach ($node in $nodes) {
        if (Test-Near $group $node $move.To) { return (Set-Block $move 'group' ('it must not meet {0}, which is on {1}' -f $other, $node)) }
      }
    }
  }
  return $true
}

# VMs that must not share a node, and VMs that must: neither is broken because another migration has failed.
function Test-Groups($move) {
  $vm = $VmOf[$move.Vm]
  if (-not $move.Final -or (Test-InPlace $move)) { return $true }
  foreach ($group in $vm.Apart) {
    foreach ($other in $Apart[$group]) {
      if ((Test-Same $other $move.Vm) -or (Test-Homecoming $move $other)) { continue }
      foreach ($node in @(Get-Destinations $other)) {
        if (Test-Near $group $node $move.To) { return (Set-Block $move 'group' ('it must not share {0} with {1}' -f $move.To, $other)) }
      }
    }
  }
  if ($vm.Together -ge 0) {
    $broken = ''
    $begun = $false
    foreach ($other in $Together[$vm.Together]) {
      foreach ($each in $vmMoves[$other]) {
        if (@('running', 'lost', 'ended') -contains $each.Status) { $begun = $true }
        elseif (-not (Test-Same $other $move.Vm) -and $each.Status -ne 'open' -and ($each.Status -ne 'held' -or $each.Block -ne 'group')) { $broken = $other }
      }
    }
    if ($broken -ne '' -and -not $begun) { return (Set-Block $move 'group' ('it must stay together with {0}' -f $broken)) }
  }
  return $true
}

# By what the hosts say now. One that says nothing keeps its own VMs from moving, and no others.
function Test-Hosts($move) {
  try { return (Test-HostsNow $move) }
  catch { return (Set-Block $move 'host' ('its hosts do not answer: {0}' -f $_.Exception.Message)) }
}

function Test-HostsNow($move) {
  if ((-not (Test-InPlace $move) -or (Test-Waking $move)) -and $Run.Nodes[$move.To] -ne 'Up') { return (Set-Block $move 'host' ('{0} is {1}' -f $move.To, $Run.Nodes[$move.To])) }
  if (@('Up', 'Paused') -notcontains $Run.Nodes[$move.From]) { return (Set-Block $move 'host' ('{0} is {1}' -f $move.From, $Run.Nodes[$move.From])) }
  $seen = Get-Standing $move.Vm
  if ($seen.Transit) { return (Set-Block $move 'host' 'it is being migrated by somebody else') }
  $move.OldPhase = $seen.Phase
  if (-not (Test-Foreign $move)) { return $false }
  $machine = Get-Machine $move.Vm $move.From
  $activity = Get-Activity $machine
  if ($activity -ne '') { return (Set-Block $move 'host' ('it is busy: {0}' -f $activity)) }
  if (((Test-InPlace $move) -and -not (Test-Waking $move)) -or $VmOf[$move.Vm].State -ne 'running') { return $true }
  $free = Get-FreeMiB $move.To
  # A migration that has just started may not have taken its memory yet.
  foreach ($other in $Run.Active) {
    if ((Test-Same $other.To $move.To) -and -not (Test-Same $other.From $other.To) -and (Get-Second) - $other.StartedAt -lt 60) { $free = $free - $VmOf[$other.Vm].MemoryMiB }
  }
  $need = Get-NeedMiB $machine $VmOf[$move.Vm].MemoryMiB
  if ($free -lt $need) { return (Set-Block $move 'host' ('{0} has {1:0} MiB free, it needs {2:0}' -f $move.To, [math]::Floor($free), [math]::Ceiling($need))) }
  return $true
}

function Test-Start($move) {
  $move.Block = ''
  $move.Why = ''
  return ((Test-Order $move) -and (Test-Place $move) -and (Test-Works $move) -and (Test-Sequence $move) -and (Test-Window $move) -and (Test-Deadline $move) -and (Test-Slots $move) -and (Test-Limit $move) -and (Test-Networks $move) -and (Test-Turn $move) -and (Test-Room $move) -and (Test-Groups $move) -and (Test-Apart $move) -and (Test-Hosts $move))
}

# Whether a migration under way can still change what keeps this one.
function Test-Touched($move) {
  foreach ($other in $Run.Active) {
    if ($other.Status -ne 'running') { continue }
    if (Test-Same $other.Vm $move.Vm) { return $true }
    if ($move.Block -eq 'limit' -and (Test-AlikeLimit $move $other)) { return $true }
    if (@('turn', 'sequence') -contains $move.Block) { return $true }
    if ($move.Block -eq 'network') { foreach ($number in $move.Networks) { if ($other.Networks -contains $number) { return $true } } }
    foreach ($node in @($move.From, $move.To)) { if ((Test-Same $other.From $node) -or (Test-Same $other.To $node)) { return $true } }
    foreach ($group in $VmOf[$move.Vm].Apart) { if ($VmOf[$other.Vm].Apart -contains $group) { return $true } }
  }
  return $false
}

# Lets go of the place in the order where waiting for it would hold up the others for nothing.
function Update-Blocked($move) {
  if ($move.Block -ne 'host') { $move.HostSince = -1 }
  if ($move.Status -eq 'held') { return }
  if ($move.Block -eq 'late') {
    if ($OnWindow -eq 'Wait') { $move.Status = 'held' }
    else { $move.Status = 'left' }
  }
  elseif ($move.Block -eq 'horizon') { $move.Status = 'held' }
  elseif (@('place', 'slots', 'limit', 'network', 'turn', 'sequence', 'room', 'group', 'work') -contains $move.Block) {
    if (-not (Test-Touched $move)) { $move.Status = 'held' }
  }
  elseif ($move.Block -eq 'host') {
    if ($move.HostSince -lt 0) { $move.HostSince = Get-Second; Write-Note ('{0}: waits, {1}' -f $move.Vm, $move.Why) }
    elseif ((Get-Second) - $move.HostSince -ge 60 * $AllowStuckMinutes) { $move.Status = 'held' }
  }
  if ($move.Status -eq 'held') { Write-Note ('{0}: put off, {1}' -f $move.Vm, $move.Why) }
  if ($move.Status -eq 'left') { Write-Warning ('{0}: left, {1}' -f $move.Vm, $move.Why) }
}

# The second at which time alone may let it start; infinity where it does not.
function Get-Due($move) {
  if ($move.Block -eq 'window' -or $move.Block -eq 'late') { return $move.Until }
  if ($move.Block -eq 'host' -and $move.Status -eq 'open') { return (Get-Second) + $PollSeconds }
  return [double]::PositiveInfinity
}
`
