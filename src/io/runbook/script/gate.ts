/** Whether a migration may start now. Safety is asked anew each time; the plan's order only decides who is asked first. */
export const GATE = `
# Block is what keeps a migration from starting: order, place, window, late, horizon, slots, limit, room, group or host.
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

function Test-Slots($move) {
  foreach ($node in @($move.From, $move.To)) {
    $busy = 0
    foreach ($other in $Run.Active) {
      if ($other.Kind -eq $move.Kind -and ((Test-Same $other.From $node) -or (Test-Same $other.To $node))) { $busy++ }
    }
    if ($move.Kind -eq 'live' -and $busy -ge $NodeOf[$node].Slots) { return (Set-Block $move 'slots' ('{0} has no free slot' -f $node)) }
    if ($move.Kind -eq 'save-in-place' -and $busy -ge 1) { return (Set-Block $move 'slots' ('{0} saves one VM at a time' -f $node)) }
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

# Migrations of others take slots, too.
function Test-Foreign($move) {
  if ($move.Kind -ne 'live') { return $true }
  foreach ($node in @($move.From, $move.To)) {
    $foreign = @(Get-Foreign $node)
    if ($foreign.Count -eq 0) { continue }
    $busy = $foreign.Count
    foreach ($other in $Run.Active) {
      if ($other.Kind -eq 'live' -and ((Test-Same $other.From $node) -or (Test-Same $other.To $node))) { $busy++ }
    }
    if ($busy -ge $NodeOf[$node].Slots) { return (Set-Block $move 'host' ('{0} is busy with migrations that are not of this runbook: {1}' -f $node, ($foreign -join ', '))) }
  }
  return $true
}

# By the plan's figures: what lives on the target, arrives there or has not left it yet.
function Test-Room($move) {
  if ($move.Kind -eq 'save-in-place') { return $true }
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

# VMs that must not share a node, and VMs that must: neither is broken because another migration has failed.
function Test-Groups($move) {
  $vm = $VmOf[$move.Vm]
  if (-not $move.Final -or $move.Kind -eq 'save-in-place') { return $true }
  foreach ($group in $vm.Apart) {
    foreach ($other in $Apart[$group]) {
      if (Test-Same $other $move.Vm) { continue }
      foreach ($node in @(Get-Destinations $other)) {
        if (Test-Same $node $move.To) { return (Set-Block $move 'group' ('it must not share {0} with {1}' -f $move.To, $other)) }
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
  if ($move.Kind -ne 'save-in-place' -and $Run.Nodes[$move.To] -ne 'Up') { return (Set-Block $move 'host' ('{0} is {1}' -f $move.To, $Run.Nodes[$move.To])) }
  if (@('Up', 'Paused') -notcontains $Run.Nodes[$move.From]) { return (Set-Block $move 'host' ('{0} is {1}' -f $move.From, $Run.Nodes[$move.From])) }
  $seen = Get-Standing $move.Vm
  if ($seen.Transit) { return (Set-Block $move 'host' 'it is being migrated by somebody else') }
  $move.OldPhase = $seen.Phase
  if (-not (Test-Foreign $move)) { return $false }
  $machine = Get-Machine $move.Vm $move.From
  $activity = Get-Activity $machine
  if ($activity -ne '') { return (Set-Block $move 'host' ('it is busy: {0}' -f $activity)) }
  if ($move.Kind -eq 'save-in-place' -or $VmOf[$move.Vm].State -ne 'running') { return $true }
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
  return ((Test-Order $move) -and (Test-Place $move) -and (Test-Window $move) -and (Test-Slots $move) -and (Test-Limit $move) -and (Test-Room $move) -and (Test-Groups $move) -and (Test-Hosts $move))
}

# Whether a migration under way can still change what keeps this one.
function Test-Touched($move) {
  foreach ($other in $Run.Active) {
    if ($other.Status -ne 'running') { continue }
    if (Test-Same $other.Vm $move.Vm) { return $true }
    if ($move.Block -eq 'limit' -and (Test-AlikeLimit $move $other)) { return $true }
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
  elseif (@('place', 'slots', 'limit', 'room', 'group') -contains $move.Block) {
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
