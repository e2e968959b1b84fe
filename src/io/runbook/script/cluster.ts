/** What the runbook asks the cluster, and the few commands that change something. */
export const CLUSTER = String.raw`
# Of a node or group that another object names: by its name alone, where it comes as text.
function Get-NameOf($object) {
  $name = Read-Property $object 'Name'
  if ($null -eq $name) { return [string]$object }
  return [string]$name
}

# One look at all groups and nodes. Names are never passed to -Name, which would take brackets and asterisks for wildcards.
function Update-View {
  $groups = New-Table
  foreach ($group in @(FailoverClusters\Get-ClusterGroup -Cluster $Cluster)) { $groups[[string]$group.Name] = $group }
  $nodes = New-Table
  foreach ($node in @(FailoverClusters\Get-ClusterNode -Cluster $Cluster)) { $nodes[[string]$node.Name] = [string]$node.State }
  $Run.Groups = $groups
  $Run.Nodes = $nodes
  $Run.Foreign = New-Table
}

function Update-Resources {
  foreach ($resource in @(FailoverClusters\Get-ClusterResource -Cluster $Cluster)) {
    if ([string]$resource.ResourceType -ne 'Virtual Machine') { continue }
    $Run.Resources[(Get-NameOf $resource.OwnerGroup)] = $resource
  }
}

function Get-Private($vm, $name) {
  $resource = $Run.Resources[$vm]
  if ($null -eq $resource) { return $null }
  foreach ($parameter in @(FailoverClusters\Get-ClusterParameter -InputObject $resource)) {
    if ($parameter.Name -eq $name) { return $parameter.Value }
  }
  return $null
}

function Get-Owner($vm) {
  $group = $Run.Groups[$vm]
  if ($null -eq $group) { return '' }
  return Get-NameOf $group.OwnerNode
}

# MigrationState: 0 none, 1 setup, 2 data transfer, 3 move, 4 cancelled, 5 failed (the last two stay until the next migration begins).
function Get-Phase($vm) {
  $value = Get-Private $vm 'MigrationState'
  if ($null -eq $value) { return 0 }
  return [int]$value
}

function Get-Standing($vm) {
  $group = $Run.Groups[$vm]
  if ($null -eq $group) { return @{ Owner = ''; State = 'missing'; Phase = 0; Transit = $false } }
  $phase = Get-Phase $vm
  $state = [string]$group.State
  # CLUSGRP_STATUS_WAITING_IN_QUEUE_FOR_MOVE
  $queued = ((Read-Property $group 'StatusInformation') -as [long]) -band 4
  return @{
    Owner = Get-Owner $vm
    State = $state
    Phase = $phase
    Transit = (@(1, 2, 3) -contains $phase -or $state -eq 'Pending' -or $queued -ne 0)
  }
}

# VMs that are moved away from the node, but not by this runbook. The cluster does not tell where to.
function Get-Foreign($node) {
  if ($Run.Foreign.ContainsKey($node)) { return $Run.Foreign[$node] }
  $own = New-Table
  foreach ($move in $Run.Active) { $own[$move.Vm] = $true }
  $names = @()
  foreach ($group in $Run.Groups.GetEnumerator()) {
    if (-not $Run.Resources.ContainsKey($group.Key) -or $own.ContainsKey($group.Key)) { continue }
    if ((Test-Same (Get-NameOf $group.Value.OwnerNode) $node) -and @(1, 2, 3) -contains (Get-Phase $group.Key)) { $names += $group.Key }
  }
  $Run.Foreign[$node] = $names
  return $names
}

function Get-Machine($vm, $node) {
  if (-not $Run.Ids.ContainsKey($vm)) { $Run.Ids[$vm] = [string](Get-Private $vm 'VmID') }
  return Hyper-V\Get-VM -ComputerName $node -Id $Run.Ids[$vm]
}

# Backups, checkpoints, merges: while one of them runs, a VM must not migrate.
function Get-Activity($machine) {
  $busy = @('BackingUpVirtualMachine', 'CreatingSnapshot', 'ApplyingSnapshot', 'DeletingSnapshot', 'MergingDisks', 'ExportingVirtualMachine', 'MigratingVirtualMachine')
  foreach ($name in @('PrimaryOperationalStatus', 'SecondaryOperationalStatus')) {
    $status = [string](Read-Property $machine $name)
    if ($busy -contains $status) { return $status }
  }
  return ''
}

function Get-FreeMiB($node) {
  return (CimCmdlets\Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName $node).FreePhysicalMemory / 1024
}

# MiB that the VM takes now. With dynamic memory that is more or less than the plan has.
function Get-NeedMiB($machine, $planned) {
  $assigned = $machine.MemoryAssigned / 1048576
  if ($assigned -gt 0) { return $assigned }
  return $planned
}

# A VM that does not run has no memory to send: the cluster moves its role as it is, and there is nothing to cancel.
function Test-Live($move) {
  return ($move.Kind -eq 'live' -and $VmOf[$move.Vm].State -eq 'running')
}

function Start-ClusterMove($move) {
  $type = 'Quick'
  if (Test-Live $move) { $type = 'Live' }
  $null = FailoverClusters\Move-ClusterVirtualMachineRole -InputObject $Run.Groups[$move.Vm] -Node $move.To -MigrationType $type -Wait 0
}

function Stop-ClusterMove($move, $why) {
  $move.Cancelled = $why
  Write-Note ('{0}: cancelling, {1}' -f $move.Vm, $why)
  try {
    $null = FailoverClusters\Move-ClusterVirtualMachineRole -InputObject $Run.Groups[$move.Vm] -Cancel
  }
  catch {
    # Of one that was seen; else it was only to make sure.
    if ($move.Seen) { Write-Note ('{0}: could not be cancelled: {1}' -f $move.Vm, $_.Exception.Message) }
  }
}

# First step of a restart, and all of a stop in place: the guest shuts down. Never forced.
function Stop-Guest($move, $machine) {
  $move.Job = Hyper-V\Stop-VM -VM $machine -AsJob -Confirm:$false
}

# Second step: compatibility, which only a VM that is off takes, and the move.
function Move-Stopped($move, $machine) {
  if ($move.Kind -eq 'restart') {
    try {
      $null = Hyper-V\Set-VMProcessor -VM $machine -CompatibilityForMigrationEnabled $true -CompatibilityForMigrationMode CommonClusterFeatureSet -Confirm:$false
    }
    catch {
      # Before Windows Server 2025, or an older configuration version: there is only the minimum set.
      $null = Hyper-V\Set-VMProcessor -VM $machine -CompatibilityForMigrationEnabled $true -Confirm:$false
    }
  }
  Start-ClusterMove $move
}

# Last step of a restart, and all of a start in place.
function Start-Guest($move, $machine) {
  $move.Job = Hyper-V\Start-VM -VM $machine -AsJob -Confirm:$false
}

# Its VM stays where it is.
function Test-InPlace($move) { return ($move.Kind -like '*-in-place') }

# It runs again where it has been saved, or shut down.
function Test-Waking($move) { return (@('resume-in-place', 'start-in-place') -contains $move.Kind) }

# What the VM is once it is done.
function Get-RestState($move) {
  if ($move.Kind -eq 'stop-in-place') { return 'Off' }
  if (Test-Waking $move) { return 'Running' }
  return 'Saved'
}

# Save in place: the VM stands still on its node until somebody resumes it.
function Save-Guest($move, $machine) {
  $move.Job = Hyper-V\Save-VM -VM $machine -AsJob -Confirm:$false
}

# Why the job of the step has failed; '' where it has not. Not every job has a reason: then its errors are asked for.
function Get-JobFailure($move) {
  $state = [string](Read-Property $move.Job 'State')
  $jobs = @($move.Job) + @(Read-Property $move.Job 'ChildJobs')
  $texts = @()
  foreach ($job in $jobs) {
    $reason = Read-Property (Read-Property $job 'JobStateInfo') 'Reason'
    if ($null -ne $reason) { $texts += [string](Read-Property $reason 'Message') }
    foreach ($record in @(Read-Property $job 'Error')) { if ($null -ne $record) { $texts += [string]$record } }
  }
  $text = @($texts | Where-Object { $_ -ne '' } | Select-Object -First 1)
  if (@('Failed', 'Stopped') -notcontains $state -and ($state -ne 'Completed' -or $text.Count -eq 0)) { return '' }
  if ($text.Count -eq 0) { return 'the {0} step has failed' -f $move.Step }
  return 'the {0} step has failed: {1}' -f $move.Step, $text[0]
}

# Not all jobs are in the session's list.
function Clear-Job($move) {
  $job = $move.Job
  $move.Job = $null
  if (@('Completed', 'Failed', 'Stopped') -notcontains [string](Read-Property $job 'State')) { return }
  try { Remove-Job -Job $job -Confirm:$false } catch { $null = $_ }
}
`
