/** What has to hold before anything moves. Every check adds to the faults, none ends the others. */
export const CHECKS = String.raw`
# What Compare-VM reports and a migration fails on: 33012, a virtual switch that the target lacks (documentation of Compare-VM); 24000 to
# 24999, hardware and processor of the target; and the numbers under which Microsoft's guide to failed live migrations lists the rest. All
# else, such as a disk image that is found again on shared storage, is told, and left to the migration itself.
$BlockingIds = @(20413, 20417, 21024, 21125, 21501, 21502, 33012)

# Seconds that may pass until an end is seen, where the plan's durations do not hold them already.
$LagSeconds = [math]::Max(0.0, 1 - $Plan.LagSeconds)

function Add-Fault($text) { $Run.Faults += $text }
function Add-Note($text) { $Run.Notes += $text }

# Where the VM has to be for the rest of the plan.
function Get-Expected($vm) {
  $node = $VmOf[$vm].Node
  foreach ($move in $vmMoves[$vm]) { if ($move.Status -eq 'ended') { $node = $move.To } }
  return $node
}

function Test-Modules {
  foreach ($cmdlet in @('FailoverClusters\Get-ClusterGroup', 'Hyper-V\Get-VM')) {
    if ($null -eq (Get-Command -Name $cmdlet -ErrorAction Ignore)) {
      Add-Fault ('The PowerShell module {0} is missing here. Run this on a node of the cluster, or install the management tools.' -f $cmdlet.Split('\')[0])
    }
  }
}

# The nodes of what is left to do: whether VMs are still to arrive there.
function Get-Needed {
  $needed = New-Table
  foreach ($move in $Moves) {
    if ($move.Status -eq 'ended') { continue }
    if (-not $needed.ContainsKey($move.From)) { $needed[$move.From] = $false }
    if (-not (Test-Same $move.From $move.To)) { $needed[$move.To] = $true }
  }
  foreach ($work in $Works) { if ($work.Status -ne 'ended' -and -not $needed.ContainsKey($work.Node)) { $needed[$work.Node] = $false } }
  return $needed
}

# Its node may be paused: it is resumed when the work has ended, or was ended by an earlier start.
function Test-UnderWork($node) {
  $work = $WorkOf[$node]
  return ($null -ne $work -and ((Test-Pending $work) -or ($work.Status -eq 'ended' -and $Run.Paused[$node] -ne 'node-resumed')))
}

# It may even be down, and is waited for.
function Test-Begun($node) {
  $work = $WorkOf[$node]
  return ($null -ne $work -and $work.Again -and (Test-Pending $work))
}

# Who does the works, and that it is not done here: the runbook would go down with its own node.
function Test-Worker {
  $open = @($Works | Where-Object { Test-Pending $_ })
  if ($open.Count -eq 0) { return }
  $here = ([System.Environment]::MachineName -split '\.')[0]
  foreach ($work in $open) {
    if (Test-Same ($work.Node -split '\.')[0] $here) { Add-Fault ('This runbook runs on {0}, which the plan works on and may restart. Run it on another machine that has the management tools.' -f $work.Node) }
  }
  if ($null -eq $Worker) {
    if ([string]$Asking.Confirm -eq 'None') { Add-Fault 'Without -Work people are asked at each node, and -Confirm:$false says that nobody is there. Name a script with -Work.' }
  }
  elseif ($Worker -is [string]) {
    if (-not (Test-Path -LiteralPath $Worker -PathType Leaf)) { Add-Fault ('-Work: there is no file {0}' -f $Worker) }
  }
  elseif ($Worker -isnot [scriptblock]) { Add-Fault '-Work: neither the path of a script nor a script block' }
}

function Test-Nodes {
  $needed = Get-Needed
  foreach ($node in $Nodes) {
    if (-not $needed.ContainsKey($node.Name)) { continue }
    $state = $Run.Nodes[$node.Name]
    if ($null -eq $state) { Add-Fault ('{0}: the cluster has no such node.' -f $node.Name) }
    elseif (Test-Begun $node.Name) { continue }
    elseif ($needed[$node.Name] -and $state -ne 'Up' -and -not ((Test-UnderWork $node.Name) -and $state -eq 'Paused')) { Add-Fault ('{0}: is {1}; it has to be Up, since VMs are to arrive there.' -f $node.Name, $state) }
    elseif (@('Up', 'Paused') -notcontains $state) { Add-Fault ('{0}: is {1}; it has to be Up or Paused.' -f $node.Name, $state) }
    elseif ($node.State -eq 'paused' -and $state -eq 'Up') { Add-Note ('{0}: is Up; the plan has it as paused.' -f $node.Name) }
  }
}

function Test-Vm($vm) {
  $name = $vm.Name
  $left = @($vmMoves[$name] | Where-Object { $_.Status -ne 'ended' })
  if ($left.Count -eq 0) { return }
  $group = $Run.Groups[$name]
  if ($null -eq $group) { Add-Fault ('{0}: the cluster has no such group. Only clustered VMs can be migrated by this runbook.' -f $name); return }
  if ([string]$group.GroupType -ne 'VirtualMachine' -or $null -eq $Run.Resources[$name]) { Add-Fault ('{0}: is no group of a virtual machine.' -f $name); return }
  foreach ($move in $left) { if (@('running', 'failed') -contains $move.Status) { return } }
  $expected = Get-Expected $name
  $owner = Get-Owner $name
  if (-not (Test-Same $owner $expected)) { Add-Fault ('{0}: is on {1}; the plan has it on {2}.' -f $name, $owner, $expected); return }
  if ((Get-Standing $name).Transit) { Add-Fault ('{0}: is being migrated.' -f $name); return }
  $state = [string]$group.State
  if (Test-Asleep $name) {
    if ($state -eq 'Online') { Add-Fault ('{0}: is running; by the plan it is saved or off by now.' -f $name) }
    return
  }
  if ($vm.State -eq 'running' -and $state -ne 'Online') { Add-Fault ('{0}: is {1}; the plan has it running.' -f $name, $state); return }
  if ($vm.State -ne 'running' -and $state -eq 'Online') { Add-Fault ('{0}: is running; the plan has it {1}.' -f $name, $vm.State); return }
  if ($Run.Checked) { return }
  try {
    $machine = Get-Machine $name $owner
    $activity = Get-Activity $machine
    if ($activity -ne '') { Add-Fault ('{0}: is busy ({1}). Wait until its backup or checkpoint is over.' -f $name, $activity) }
    if (-not $SkipCompare) { foreach ($move in $left) { Test-Compatible $move $machine $owner } }
  }
  catch {
    Add-Fault ('{0}: {1} does not answer for it: {2}' -f $name, $owner, $_.Exception.Message)
  }
}

function Test-Compatible($move, $machine, $owner) {
  if (-not (Test-Live $move) -or (Test-Same $move.To $owner) -or (Test-Begun $move.To)) { return }
  try {
    $report = Hyper-V\Compare-VM -VM $machine -DestinationHost $move.To -WhatIf:$false -Confirm:$false
    foreach ($each in @(Read-Property $report 'Incompatibilities')) {
      if ($null -eq $each) { continue }
      $id = [int](Read-Property $each 'MessageId')
      if ($BlockingIds -contains $id -or ($id -ge 24000 -and $id -lt 25000)) { Add-Fault ('{0}: does not fit {1}: {2} ({3})' -f $move.Vm, $move.To, $each.Message, $id) }
      else { Add-Note ('{0}: Compare-VM with {1} tells: {2} ({3})' -f $move.Vm, $move.To, $each.Message, $id) }
    }
  }
  catch {
    Add-Fault ('{0}: Compare-VM with {1} has failed: {2} (-SkipCompare leaves it out)' -f $move.Vm, $move.To, $_.Exception.Message)
  }
}

# What the hosts really have free, followed through the plan in its own order.
function Test-Memory {
  $events = @()
  foreach ($move in $Moves) {
    if (@('open', 'running') -notcontains $move.Status -or $VmOf[$move.Vm].State -ne 'running') { continue }
    $size = $VmOf[$move.Vm].MemoryMiB
    if ((-not (Test-InPlace $move) -or (Test-Waking $move)) -and $move.Status -eq 'open') { $events += @{ At = $move.Start; Rank = 1; Node = $move.To; Change = -$size } }
    if (Test-Waking $move) { continue }
    # To the millisecond, as the plan has its instants: a sum may be a trace beyond the start that it is to come before.
    $events += @{ At = [math]::Round($move.Start + $move.Seconds, 3); Rank = 0; Node = $move.From; Change = $size }
  }
  $free = New-Table
  $least = New-Table
  $needed = Get-Needed
  foreach ($node in $Nodes) {
    if (-not $needed[$node.Name] -or (Test-Begun $node.Name)) { continue }
    try {
      $free[$node.Name] = Get-FreeMiB $node.Name
      $least[$node.Name] = $free[$node.Name]
    }
    catch { Add-Fault ('{0}: its free memory cannot be asked for: {1}' -f $node.Name, $_.Exception.Message) }
  }
  foreach ($each in @($events | Sort-Object -Property { $_.At }, { $_.Rank })) {
    if (-not $free.ContainsKey($each.Node)) { continue }
    $free[$each.Node] = $free[$each.Node] + $each.Change
    if ($free[$each.Node] -lt $least[$each.Node]) { $least[$each.Node] = $free[$each.Node] }
  }
  foreach ($node in $Nodes) {
    $name = $node.Name
    if (-not $least.ContainsKey($name) -or $least[$name] -ge 0) { continue }
    $text = '{0}: lacks {1:0} MiB of free memory for what the plan brings there.' -f $name, [math]::Ceiling(-$least[$name])
    # After failures the rest may fit in another order only, or not all of it; each start is checked anyway.
    if ($null -eq $Run.Begin) { Add-Fault $text }
    else { Add-Note ($text + ' Some of it may be left: then plan anew from where things stand.') }
  }
}

# Settings and services that would work against the plan.
function Test-Settings {
  $settings = FailoverClusters\Get-Cluster -Name $Cluster
  $limit = Read-Property $settings 'MaximumParallelMigrations'
  foreach ($node in $Nodes) {
    if ($null -eq $limit) {
      # Before the cluster had such a limit, each host had its own.
      try { $most = (Hyper-V\Get-VMHost -ComputerName $node.Name).MaximumVirtualMachineMigrations }
      catch { Add-Fault ('{0}: its settings cannot be asked for: {1}' -f $node.Name, $_.Exception.Message); continue }
      if ($most -lt $node.AtOnce) { Add-Fault ('{0}: takes part in {1} migrations at once; the plan needs {2}. Raise its limit, or plan with fewer slots.' -f $node.Name, $most, $node.AtOnce) }
    }
    elseif ($limit -lt $node.AtOnce) {
      Add-Fault ('MaximumParallelMigrations of the cluster is {0}; the plan needs {1}. Raise it, or plan with fewer slots.' -f $limit, $node.AtOnce)
      break
    }
  }
  if (Test-Balanced $settings) {
    Add-Note 'VM load balancing of the cluster is on. It moves VMs against the plan; you will be asked whether to suspend it.'
  }
  if ($null -ne (Get-Module -ListAvailable -Name 'VirtualMachineManager' | Select-Object -First 1)) {
    Add-Note 'System Center Virtual Machine Manager is installed here. If it manages this cluster, switch off Dynamic Optimization for the time being.'
  }
  foreach ($node in $Nodes) {
    try { $agent = CimCmdlets\Get-CimInstance -ClassName Win32_Service -ComputerName $node.Name -Filter "Name='SCVMMAgent'" } catch { $agent = $null }
    if ($null -ne $agent) { Add-Note ('{0}: has the agent of System Center Virtual Machine Manager. Dynamic Optimization moves VMs against the plan.' -f $node.Name) }
  }
}

# When the work ends if all goes as planned, and that it is in time then.
function Test-WorkMargin($work, $now, $ends, $workEnds) {
  $start = [math]::Max([double]$work.Start, $now)
  if ($work.Status -eq 'running') { $start = $work.StartedAt }
  else { foreach ($number in $work.After) { if ($ends.ContainsKey($number)) { $start = [math]::Max([double]$start, $ends[$number]) } } }
  $end = [math]::Max([math]::Round($start + $work.Seconds, 3), $now)
  $workEnds[$work.Number] = $end + $LagSeconds
  if ($work.Status -eq 'running') { return }
  $limit = $Plan.HorizonSeconds
  if ($work.Latest -ge 0) { $limit = [math]::Min([double]$limit, $work.Latest) }
  foreach ($window in $work.Windows) { if ($window.From -ge $work.Start) { $limit = [math]::Min([double]$limit, $window.From) } }
  if ($end -gt $limit + 0.001) { Add-Note ('Work on {0}: would end after {1}; it is likely to be left, or to wait.' -f $work.Node, (Format-Second $limit)) }
}

# Migrations that would have to be left out even if each took as long as planned: what the plan leaves before a window is held against the
# margins, and against the second that may pass until an end is seen and the next migration starts.
function Test-Margins {
  $now = Get-Second
  if ($now -gt $Plan.HorizonSeconds) { Add-Fault ('The horizon of the plan was at {0}. Plan again.' -f (Format-Second $Plan.HorizonSeconds)); return }
  $fate = 'it is likely to be left. Smaller margins, or a plan with more time, would help.'
  if ($OnWindow -eq 'Wait') { $fate = 'it is likely to wait until that is over.' }
  $ends = @{}
  $workEnds = @{}
  $roundEnds = @{}
  foreach ($each in @(@($Moves) + @($Works) | Sort-Object -Property { $_.Start }, { $_.Number })) {
    if ($null -ne $each['Node']) { if (Test-Pending $each) { Test-WorkMargin $each $now $ends $workEnds }; continue }
    $move = $each
    if ($move.Status -ne 'open') { continue }
    $start = [math]::Max([double]$move.Start, $now)
    foreach ($number in $move.After) { if ($ends.ContainsKey($number)) { $start = [math]::Max([double]$start, $ends[$number]) } }
    foreach ($number in $move.Works) { if ($workEnds.ContainsKey($number)) { $start = [math]::Max([double]$start, $workEnds[$number]) } }
    if ($Plan.Schedule -eq 'rounds') { foreach ($round in $roundEnds.Keys) { if ($round -lt $move.Round) { $start = [math]::Max([double]$start, $roundEnds[$round]) } } }
    $end = [math]::Round($start + $move.Seconds, 3)
    $ends[$move.Number] = $end + $LagSeconds
    $roundEnds[$move.Round] = [math]::Max([double]$roundEnds[$move.Round], $end + $LagSeconds)
    if ($end -gt $Plan.HorizonSeconds) { Add-Note ('{0}: would end after the horizon of the plan, at {1}, and will not start.' -f $move.Vm, (Format-Second $Plan.HorizonSeconds)) }
    if ($move.By -ge 0 -and $end -gt $move.By + 0.001) { Add-Note ('{0}: would end after its deadline, at {1}.' -f $move.Vm, (Format-Second $move.By)) }
    $need = $move.Seconds * $MarginPercent / 100 + $MarginSeconds
    foreach ($window in $move.Windows) {
      if ($window.From -ge $move.Start -and $window.From -lt $end + $need) {
        if ($window.From -ge $end) { $when = 'would end {0:0} s before the window {1}, and the margins ask for {2:0} s' -f [math]::Floor($window.From - $end), (Format-Window $window), [math]::Ceiling($need) }
        else { $when = 'would not end before the window {0}' -f (Format-Window $window) }
        Add-Note ('{0}: {1}: {2}' -f $move.Vm, $when, $fate)
        break
      }
    }
  }
}

function Test-Everything {
  Test-Nodes
  Test-Worker
  foreach ($vm in $Vms) { Test-Vm $vm }
  Test-Memory
  Test-Settings
  Test-Margins
}

# After a wait for the plan's start: what may have changed meanwhile, and is quick to ask.
function Test-Again {
  $Run.Faults = @()
  $Run.Notes = @()
  $Run.Checked = $true
  Update-View
  Test-Nodes
  foreach ($vm in $Vms) { Test-Vm $vm }
}

function Show-Faults {
  foreach ($note in $Run.Notes) { Write-Warning $note }
  foreach ($fault in $Run.Faults) { Write-Warning ('CHECK FAILED  {0}' -f $fault) }
}
`
