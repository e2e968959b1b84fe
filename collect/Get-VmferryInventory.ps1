#Requires -Version 5.1
<#
.SYNOPSIS
Writes what vmferry needs to know of a Hyper-V cluster, or of single hosts, into one JSON file.

.DESCRIPTION
Reads nodes, CPUs, memory, network adapters, live-migration settings, VMs, owners and affinity rules, and on request the schedules of
Windows Server Backup and Veeam. It changes nothing: it calls Get-* cmdlets and CIM queries, and writes the one file.

What cannot be read, because access is denied, a node does not answer or a module is missing, becomes an entry of Warnings in the file,
with node and text; the rest is read all the same. "vmferry import hyperv FILE" says what follows from each gap.

Runs in Windows PowerShell 5.1 and PowerShell 7 on a node, or on a machine that has the Hyper-V and FailoverClusters modules and reaches
the nodes by WinRM. docs/collect.md tells the rights it needs, each cmdlet that it calls, and each field of the file.

.PARAMETER Cluster
Name of the cluster. Without it, and without -ComputerName: the cluster that this machine belongs to; failing that, this machine alone.

.PARAMETER ComputerName
Names of Hyper-V hosts that are in no cluster. Not together with -Cluster.

.PARAMETER OutFile
The file to write, in UTF-8. An existing file is replaced. Default: vmferry-inventory.json in the current folder.

.PARAMETER Coreinfo
Either a folder that has the output of "Coreinfo.exe -f" as NODE.txt for each node (nodes without a file are looked up by their CPU
signature), or the path of Coreinfo.exe as it stands on every node: it is then run there, which accepts its licence for your account.

.PARAMETER IncludeBackups
Also reads the schedules of Windows Server Backup on each node, and the jobs of Veeam Backup & Replication where its PowerShell module is
on this machine and connected to its server.

.PARAMETER BackupMinutes
How long a backup is taken to last where no earlier run tells. 1 to 1440, default 60.

.EXAMPLE
.\Get-VmferryInventory.ps1 -Cluster CL01

.EXAMPLE
.\Get-VmferryInventory.ps1 -ComputerName HV01, HV02 -OutFile C:\Temp\two-hosts.json

.EXAMPLE
.\Get-VmferryInventory.ps1 -Cluster CL01 -Coreinfo C:\Temp\coreinfo -IncludeBackups -BackupMinutes 90
#>
[CmdletBinding()]
param(
    [string]$Cluster = '',
    [string[]]$ComputerName = @(),
    [string]$OutFile = 'vmferry-inventory.json',
    [string]$Coreinfo = '',
    [switch]$IncludeBackups,
    [ValidateRange(1, 1440)]
    [int]$BackupMinutes = 60
)

# Errors that a cmdlet calls terminating end only its own statement otherwise, and the script would go on with half of what it read.
$ErrorActionPreference = 'Stop'

$script:warnings = @()

# What follows from a failure is for the importer to say: here it is only told where it happened.
function Add-InventoryWarning {
    param([string]$Node, [string]$Source, [string]$Text)
    $script:warnings += [pscustomobject]@{ Node = $Node; Source = $Source; Text = $Text }
    Write-Warning ("$Node ${Source}: $Text".Trim())
}

# Runs one reading. An error ends this reading alone.
function Read-Source {
    param([string]$Node, [string]$Source, [scriptblock]$Read)
    try {
        & $Read
    }
    catch {
        Add-InventoryWarning -Node $Node -Source $Source -Text "$($_.Exception.Message)"
    }
}

function Get-ClusterRow {
    param([string]$Name)
    $found = Get-Cluster -Name $Name -ErrorAction Stop
    $parameters = @{}
    Read-Source '' 'Get-ClusterParameter' {
        $type = Get-ClusterResourceType -Cluster $Name -Name 'Virtual Machine' -ErrorAction Stop
        foreach ($parameter in @($type | Get-ClusterParameter -ErrorAction Stop)) {
            $parameters[[string]$parameter.Name] = [string]$parameter.Value
        }
    }
    [pscustomobject]@{
        Name = [string]$found.Name
        Domain = [string]$found.Domain
        ClusterFunctionalLevel = $found.ClusterFunctionalLevel
        MaximumParallelMigrations = $found.MaximumParallelMigrations
        SetSMBBandwidthLimit = $found.SetSMBBandwidthLimit
        SMBBandwidthLimit = $found.SMBBandwidthLimit
        SetSMBBandwidthLimitFactor = $found.SetSMBBandwidthLimitFactor
        SMBBandwidthLimitFactor = $found.SMBBandwidthLimitFactor
        ClusterEnforcedAntiAffinity = $found.ClusterEnforcedAntiAffinity
        AutoBalancerMode = $found.AutoBalancerMode
        AutoBalancerLevel = $found.AutoBalancerLevel
        MoveTypeThreshold = $parameters['MoveTypeThreshold']
        MigrationExcludeNetworks = $parameters['MigrationExcludeNetworks']
        MigrationNetworkOrder = $parameters['MigrationNetworkOrder']
    }
}

function Get-NodeRow {
    param([string]$Name)
    Get-ClusterNode -Cluster $Name -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Name = [string]$_.Name
            State = [string]$_.State
            DrainStatus = [string]$_.DrainStatus
            StatusInformation = [string]$_.StatusInformation
        }
    }
}

function Get-ClusterNetworkRow {
    param([string]$Name)
    Get-ClusterNetwork -Cluster $Name -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Name = [string]$_.Name
            Id = [string]$_.Id
            Role = [string]$_.Role
            State = [string]$_.State
            Address = [string]$_.Address
            AddressMask = [string]$_.AddressMask
            Metric = $_.Metric
        }
    }
}

function Get-GroupRow {
    param($Groups)
    foreach ($group in $Groups) {
        [pscustomobject]@{
            Name = [string]$group.Name
            Id = [string]$group.Id
            GroupType = [string]$group.GroupType
            State = [string]$group.State
            OwnerNode = [string]$group.OwnerNode
            Priority = $group.Priority
            LockedFromMoving = [string]$group.LockedFromMoving
        }
    }
}

function Get-AntiAffinityRow {
    param($Groups)
    foreach ($group in $Groups) {
        foreach ($class in @($group.AntiAffinityClassNames)) {
            if ($class) { [pscustomobject]@{ Group = [string]$group.Name; ClassName = [string]$class } }
        }
    }
}

function Get-PreferredOwnerRow {
    param([string]$Name, $Groups)
    foreach ($group in $Groups) {
        Read-Source '' "Get-ClusterOwnerNode -Group $($group.Name)" {
            $owners = Get-ClusterOwnerNode -Cluster $Name -Group ([string]$group.Name) -ErrorAction Stop
            $order = 0
            foreach ($owner in @($owners.OwnerNodes)) {
                if ($owner) {
                    $order = $order + 1
                    [pscustomobject]@{ Group = [string]$group.Name; Node = [string]$owner; Order = $order }
                }
            }
        }
    }
}

# One row for each VM resource and each of its possible owners; with an empty Node where it has none, with ? where they could not be read.
function Get-PossibleOwnerRow {
    param([string]$Name, $Resources)
    foreach ($resource in $Resources) {
        $nodes = @('?')
        Read-Source '' "Get-ClusterOwnerNode -Resource $($resource.Name)" {
            $owners = Get-ClusterOwnerNode -Cluster $Name -Resource ([string]$resource.Name) -ErrorAction Stop
            [pscustomobject]@{ Names = @($owners.OwnerNodes | Where-Object { $_ } | ForEach-Object { [string]$_ }) }
        } | ForEach-Object { $nodes = $_.Names }
        if ($nodes.Count -eq 0) { $nodes = @('') }
        foreach ($node in $nodes) {
            [pscustomobject]@{ Group = [string]$resource.OwnerGroup; Resource = [string]$resource.Name; Node = $node }
        }
    }
}

# Role and VM may have different names: what ties them is the parameter VmID of the VM's resource.
function Get-ResourceRow {
    param($Resources)
    foreach ($resource in $Resources) {
        if ([string]$resource.ResourceType -eq 'Virtual Machine') {
            Read-Source '' "Get-ClusterParameter of $($resource.Name)" {
                $id = $resource | Get-ClusterParameter -Name VmID -ErrorAction Stop
                [pscustomobject]@{ Group = [string]$resource.OwnerGroup; Resource = [string]$resource.Name; VMId = [string]$id.Value }
            }
        }
    }
}

function Get-AffinityRuleRow {
    param([string]$Name)
    if (Get-Command -Name Get-ClusterAffinityRule -ErrorAction SilentlyContinue) {
        foreach ($rule in @(Get-ClusterAffinityRule -CimSession $Name -ErrorAction Stop)) {
            foreach ($group in @($rule.Groups)) {
                if ($group) {
                    [pscustomobject]@{
                        Name = [string]$rule.Name
                        RuleType = [string]$rule.RuleType
                        Enabled = [string]$rule.Enabled
                        Group = [string]$group
                    }
                }
            }
        }
    }
}

function Get-HostRow {
    param([string]$Node)
    $hyperV = Get-VMHost -ComputerName $Node -ErrorAction Stop
    [pscustomobject]@{
        Node = $Node
        FullyQualifiedDomainName = [string]$hyperV.FullyQualifiedDomainName
        MemoryCapacity = $hyperV.MemoryCapacity
        LogicalProcessorCount = $hyperV.LogicalProcessorCount
        VirtualMachineMigrationEnabled = $hyperV.VirtualMachineMigrationEnabled
        MaximumVirtualMachineMigrations = $hyperV.MaximumVirtualMachineMigrations
        MaximumStorageMigrations = $hyperV.MaximumStorageMigrations
        VirtualMachineMigrationPerformanceOption = [string]$hyperV.VirtualMachineMigrationPerformanceOption
        VirtualMachineMigrationAuthenticationType = [string]$hyperV.VirtualMachineMigrationAuthenticationType
        UseAnyNetworkForMigration = $hyperV.UseAnyNetworkForMigration
        NumaSpanningEnabled = $hyperV.NumaSpanningEnabled
    }
}

function Get-MemoryRow {
    param([string]$Node)
    $system = Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName $Node -ErrorAction Stop
    [pscustomobject]@{
        Node = $Node
        Caption = [string]$system.Caption
        Version = [string]$system.Version
        TotalVisibleMemorySize = $system.TotalVisibleMemorySize
        FreePhysicalMemory = $system.FreePhysicalMemory
    }
}

function Get-ProcessorRow {
    param([string]$Node)
    Get-CimInstance -ClassName Win32_Processor -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Node = $Node
            Name = [string]$_.Name
            Manufacturer = [string]$_.Manufacturer
            Description = [string]$_.Description
            NumberOfCores = $_.NumberOfCores
            NumberOfLogicalProcessors = $_.NumberOfLogicalProcessors
        }
    }
}

function Get-AdapterRow {
    param([string]$Node)
    $offloads = @{}
    foreach ($kind in @('Rdma', 'Vmq', 'Sriov')) {
        Read-Source $Node "MSFT_NetAdapter${kind}SettingData" {
            $class = "MSFT_NetAdapter${kind}SettingData"
            $settings = Get-CimInstance -Namespace root/StandardCimv2 -ClassName $class -ComputerName $Node -ErrorAction Stop
            foreach ($setting in @($settings)) {
                $offloads["$kind $($setting.Name)"] = $setting.Enabled
            }
        }
    }
    Get-CimInstance -Namespace root/StandardCimv2 -ClassName MSFT_NetAdapter -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Node = $Node
            Name = [string]$_.Name
            InterfaceDescription = [string]$_.InterfaceDescription
            InterfaceIndex = $_.InterfaceIndex
            Speed = $_.Speed
            InterfaceOperationalStatus = $_.InterfaceOperationalStatus
            HardwareInterface = $_.HardwareInterface
            Rdma = $offloads["Rdma $($_.Name)"]
            Vmq = $offloads["Vmq $($_.Name)"]
            Sriov = $offloads["Sriov $($_.Name)"]
        }
    }
}

function Get-AddressRow {
    param([string]$Node)
    Get-CimInstance -Namespace root/StandardCimv2 -ClassName MSFT_NetIPAddress -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Node = $Node
            InterfaceIndex = $_.InterfaceIndex
            IPAddress = [string]$_.IPAddress
            PrefixLength = $_.PrefixLength
        }
    }
}

function Get-OffloadRow {
    param([string]$Node)
    Get-CimInstance -Namespace root/StandardCimv2 -ClassName MSFT_NetOffloadGlobalSetting -ComputerName $Node -ErrorAction Stop |
        ForEach-Object { [pscustomobject]@{ Node = $Node; Chimney = [string]$_.Chimney } }
}

function Get-MigrationNetworkRow {
    param([string]$Node)
    Get-VMMigrationNetwork -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{ Node = $Node; Subnet = [string]$_.Subnet; Priority = $_.Priority }
    }
}

function Get-VmRow {
    param([string]$Node)
    Get-VM -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        $uptime = $null
        if ($_.Uptime) { $uptime = [int64]$_.Uptime.TotalSeconds }
        [pscustomobject]@{
            Node = $Node
            Name = [string]$_.Name
            VMId = [string]$_.VMId
            State = [string]$_.State
            Status = [string]$_.Status
            PrimaryOperationalStatus = [string]$_.PrimaryOperationalStatus
            SecondaryOperationalStatus = [string]$_.SecondaryOperationalStatus
            MemoryAssigned = $_.MemoryAssigned
            MemoryDemand = $_.MemoryDemand
            MemoryStartup = $_.MemoryStartup
            MemoryMinimum = $_.MemoryMinimum
            MemoryMaximum = $_.MemoryMaximum
            DynamicMemoryEnabled = $_.DynamicMemoryEnabled
            ProcessorCount = $_.ProcessorCount
            Generation = $_.Generation
            Version = [string]$_.Version
            IsClustered = $_.IsClustered
            UptimeSeconds = $uptime
            ReplicationMode = [string]$_.ReplicationMode
        }
    }
}

function Get-VmProcessorRow {
    param([string]$Node)
    Get-VMProcessor -VMName '*' -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Node = $Node
            VMName = [string]$_.VMName
            VMId = [string]$_.VMId
            CompatibilityForMigrationEnabled = $_.CompatibilityForMigrationEnabled
            CompatibilityForMigrationMode = [string]$_.CompatibilityForMigrationMode
        }
    }
}

function Get-VmAdapterRow {
    param([string]$Node)
    Get-VMNetworkAdapter -VMName '*' -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Node = $Node
            VMName = [string]$_.VMName
            VMId = [string]$_.VMId
            IovWeight = $_.IovWeight
            IovUsage = $_.IovUsage
            VmqUsage = $_.VmqUsage
        }
    }
}

function Get-CheckpointRow {
    param([string]$Node)
    Get-VMSnapshot -VMName '*' -ComputerName $Node -ErrorAction Stop | ForEach-Object {
        [pscustomobject]@{
            Node = $Node
            VMName = [string]$_.VMName
            VMId = [string]$_.VMId
            Name = [string]$_.Name
            SnapshotType = [string]$_.SnapshotType
            State = [string]$_.State
        }
    }
}

# The text as Coreinfo prints it. A new string: what Get-Content attaches to its own would make Windows PowerShell write an object.
function Get-CoreinfoRow {
    param([string]$Node, [string]$Path)
    if ($Path -like '*.exe') {
        $lines = Invoke-Command -ComputerName $Node -ArgumentList $Path -ErrorAction Stop -ScriptBlock {
            param($Tool)
            & $Tool -nobanner -accepteula -f
        }
        [pscustomobject]@{ Node = $Node; Text = (@($lines) -join "`n") }
    }
    else {
        $file = Join-Path -Path $Path -ChildPath "$Node.txt"
        if (Test-Path -LiteralPath $file) {
            $lines = Get-Content -LiteralPath $file -ErrorAction Stop
            [pscustomobject]@{ Node = $Node; Text = (@($lines) -join "`n") }
        }
    }
}

# Windows Server Backup tells times of day, every day, in the node's own time; how long it takes, the last backup tells.
function Get-WindowsBackupRow {
    param([string]$Node, [int]$DefaultMinutes)
    $found = Invoke-Command -ComputerName $Node -ErrorAction Stop -ScriptBlock {
        if (Get-Command -Name Get-WBPolicy -ErrorAction SilentlyContinue) {
            $policy = Get-WBPolicy -ErrorAction Stop
            if ($policy) {
                $minutes = $null
                try {
                    $last = Get-WBJob -Previous 20 -ErrorAction Stop |
                        Where-Object { [string]$_.JobType -eq 'Backup' -and $_.EndTime -gt $_.StartTime } |
                        Sort-Object -Property EndTime |
                        Select-Object -Last 1
                    if ($last) { $minutes = [math]::Ceiling(($last.EndTime - $last.StartTime).TotalMinutes) }
                }
                catch {
                    # Without a history the length is -BackupMinutes, and DurationFrom says so.
                    $minutes = $null
                }
                foreach ($time in @(Get-WBSchedule -Policy $policy -ErrorAction Stop)) {
                    [pscustomobject]@{ Hour = $time.Hour; Minute = $time.Minute; Minutes = $minutes; Clock = (Get-Date -Format 'o') }
                }
            }
        }
    }
    foreach ($entry in @($found)) {
        if ($entry) {
            $minutes = $entry.Minutes
            $from = 'last run'
            if (-not $minutes) {
                $minutes = $DefaultMinutes
                $from = 'BackupMinutes'
            }
            [pscustomobject]@{
                Source = 'Windows Server Backup'
                Node = $Node
                Job = ''
                Object = ''
                Schedule = 'Daily'
                Time = ('{0:00}:{1:00}' -f $entry.Hour, $entry.Minute)
                Days = ''
                WeekOfMonth = ''
                DayOfMonth = ''
                DurationMinutes = $minutes
                DurationFrom = $from
                Clock = [string]$entry.Clock
            }
        }
    }
}

# One row for each Veeam job that runs by itself, and each object in it.
function Get-VeeamRow {
    param([int]$DefaultMinutes)
    if (-not (Get-Command -Name Get-VBRJob -ErrorAction SilentlyContinue)) { return }
    $longest = @{}
    Read-Source '' 'Get-VBRBackupSession' {
        $finished = Get-VBRBackupSession -ErrorAction Stop |
            Where-Object { $_.EndTime -gt $_.CreationTime } |
            Sort-Object -Property EndTime
        foreach ($session in @($finished)) {
            if ($session) { $longest[[string]$session.JobId] = [math]::Ceiling(($session.EndTime - $session.CreationTime).TotalMinutes) }
        }
    }
    foreach ($job in @(Get-VBRJob -WarningAction SilentlyContinue -ErrorAction Stop)) {
        if ($job -and $job.IsScheduleEnabled) {
            $name = [string]$job.Name
            Read-Source '' "Veeam job $name" {
                $options = Get-VBRJobScheduleOptions -Job $job -ErrorAction Stop
                $objects = @(Get-VBRJobObject -Job $job -ErrorAction Stop | ForEach-Object { [string]$_.Name })
                if ($objects.Count -eq 0) { $objects = @('') }
                $minutes = $longest[[string]$job.Id]
                $from = 'last run'
                if (-not $minutes) {
                    $minutes = $DefaultMinutes
                    $from = 'BackupMinutes'
                }
                $schedule = ''
                $time = ''
                $days = ''
                $week = ''
                $dayOfMonth = ''
                if ($options.OptionsDaily.Enabled) {
                    $schedule = 'Daily'
                    $time = '{0:00}:{1:00}' -f $options.OptionsDaily.TimeLocal.Hour, $options.OptionsDaily.TimeLocal.Minute
                    $days = (@($options.OptionsDaily.DaysSrv) | ForEach-Object { [string]$_ }) -join ','
                }
                elseif ($options.OptionsMonthly.Enabled) {
                    $schedule = 'Monthly'
                    $time = '{0:00}:{1:00}' -f $options.OptionsMonthly.TimeLocal.Hour, $options.OptionsMonthly.TimeLocal.Minute
                    $days = [string]$options.OptionsMonthly.DayOfWeek
                    $week = [string]$options.OptionsMonthly.DayNumberInMonth
                    $dayOfMonth = [string]$options.OptionsMonthly.DayOfMonth
                }
                elseif ($options.OptionsPeriodically.Enabled) { $schedule = 'Periodically' }
                elseif ($options.OptionsContinuous.Enabled) { $schedule = 'Continuously' }
                if ($schedule -eq '') { $schedule = 'After another job' }
                foreach ($object in $objects) {
                    [pscustomobject]@{
                        Source = 'Veeam'
                        Node = ''
                        Job = $name
                        Object = $object
                        Schedule = $schedule
                        Time = $time
                        Days = $days
                        WeekOfMonth = $week
                        DayOfMonth = $dayOfMonth
                        DurationMinutes = $minutes
                        DurationFrom = $from
                        Clock = (Get-Date -Format 'o')
                    }
                }
            }
        }
    }
}

if ($Cluster -ne '' -and $ComputerName.Count -gt 0) { throw 'Give -Cluster or -ComputerName, not both.' }

$clusterName = $Cluster
if ($clusterName -eq '' -and $ComputerName.Count -eq 0 -and (Get-Command -Name Get-Cluster -ErrorAction SilentlyContinue)) {
    try {
        $own = Get-Cluster -ErrorAction Stop
        if ($own) { $clusterName = [string]$own.Name }
    }
    catch {
        # This machine is in no cluster: it is read alone.
        $clusterName = ''
    }
}

$clusterRows = @()
$nodeRows = @()
$clusterNetworks = @()
$groupRows = @()
$resourceRows = @()
$antiAffinity = @()
$preferredOwners = @()
$possibleOwners = @()
$affinityRules = @()

if ($clusterName -ne '') {
    # Without the cluster and its nodes there is nothing to read: these two may fail.
    $clusterRows = @(Get-ClusterRow -Name $clusterName)
    $nodeRows = @(Get-NodeRow -Name $clusterName)
    $clusterNetworks = @(Read-Source '' 'Get-ClusterNetwork' { Get-ClusterNetworkRow -Name $clusterName })
    $groups = @(Read-Source '' 'Get-ClusterGroup' {
            Get-ClusterGroup -Cluster $clusterName -ErrorAction Stop | Where-Object { [string]$_.GroupType -eq 'VirtualMachine' }
        })
    $resources = @(Read-Source '' 'Get-ClusterResource' {
            Get-ClusterResource -Cluster $clusterName -ErrorAction Stop |
                Where-Object { 'Virtual Machine', 'Virtual Machine Configuration' -contains [string]$_.ResourceType }
        })
    $groupRows = @(Get-GroupRow -Groups $groups)
    $resourceRows = @(Get-ResourceRow -Resources $resources)
    $antiAffinity = @(Get-AntiAffinityRow -Groups $groups)
    $preferredOwners = @(Get-PreferredOwnerRow -Name $clusterName -Groups $groups)
    $possibleOwners = @(Get-PossibleOwnerRow -Name $clusterName -Resources $resources)
    $affinityRules = @(Read-Source '' 'Get-ClusterAffinityRule' { Get-AffinityRuleRow -Name $clusterName })
}
else {
    $names = $ComputerName
    if ($names.Count -eq 0) { $names = @($env:COMPUTERNAME) }
    $nodeRows = @($names | ForEach-Object {
            [pscustomobject]@{ Name = [string]$_; State = 'Up'; DrainStatus = ''; StatusInformation = '' }
        })
}

$answering = @()
foreach ($row in $nodeRows) {
    if ($row.State -eq 'Down') { Add-InventoryWarning -Node $row.Name -Source 'Get-ClusterNode' -Text 'the node is down and was not read' }
    else { $answering += $row.Name }
}

$hosts = @(foreach ($node in $answering) { Read-Source $node 'Get-VMHost' { Get-HostRow -Node $node } })
$memory = @(foreach ($node in $answering) { Read-Source $node 'Win32_OperatingSystem' { Get-MemoryRow -Node $node } })
$processors = @(foreach ($node in $answering) { Read-Source $node 'Win32_Processor' { Get-ProcessorRow -Node $node } })
$adapters = @(foreach ($node in $answering) { Read-Source $node 'MSFT_NetAdapter' { Get-AdapterRow -Node $node } })
$addresses = @(foreach ($node in $answering) { Read-Source $node 'MSFT_NetIPAddress' { Get-AddressRow -Node $node } })
$offloadRows = @(foreach ($node in $answering) { Read-Source $node 'MSFT_NetOffloadGlobalSetting' { Get-OffloadRow -Node $node } })
$migrationNetworks = @(foreach ($node in $answering) { Read-Source $node 'Get-VMMigrationNetwork' { Get-MigrationNetworkRow -Node $node } })
$vms = @(foreach ($node in $answering) { Read-Source $node 'Get-VM' { Get-VmRow -Node $node } })
$vmProcessors = @(foreach ($node in $answering) { Read-Source $node 'Get-VMProcessor' { Get-VmProcessorRow -Node $node } })
$vmAdapters = @(foreach ($node in $answering) { Read-Source $node 'Get-VMNetworkAdapter' { Get-VmAdapterRow -Node $node } })
$checkpoints = @(foreach ($node in $answering) { Read-Source $node 'Get-VMSnapshot' { Get-CheckpointRow -Node $node } })

$coreinfoRows = @()
if ($Coreinfo -ne '') {
    $coreinfoRows = @(foreach ($node in $answering) { Read-Source $node 'Coreinfo' { Get-CoreinfoRow -Node $node -Path $Coreinfo } })
}

$backups = @()
if ($IncludeBackups) {
    $windowsBackups = @(foreach ($node in $answering) {
            Read-Source $node 'Windows Server Backup' { Get-WindowsBackupRow -Node $node -DefaultMinutes $BackupMinutes }
        })
    $veeam = @(Read-Source '' 'Veeam' { Get-VeeamRow -DefaultMinutes $BackupMinutes })
    $backups = @($windowsBackups) + @($veeam)
}

$inventory = [pscustomobject]@{
    Format = 'vmferry-inventory'
    Version = 1
    CollectedAt = (Get-Date -Format 'o')
    CollectedOn = [string]$env:COMPUTERNAME
    PowerShell = [string]$PSVersionTable.PSVersion
    BackupsRead = [bool]$IncludeBackups
    Cluster = $clusterRows
    Nodes = $nodeRows
    ClusterNetworks = $clusterNetworks
    Groups = $groupRows
    Resources = $resourceRows
    AntiAffinity = $antiAffinity
    PreferredOwners = $preferredOwners
    PossibleOwners = $possibleOwners
    AffinityRules = $affinityRules
    Hosts = $hosts
    Memory = $memory
    Processors = $processors
    Coreinfo = $coreinfoRows
    Adapters = $adapters
    Addresses = $addresses
    Offloads = $offloadRows
    MigrationNetworks = $migrationNetworks
    Vms = $vms
    VmProcessors = $vmProcessors
    VmAdapters = $vmAdapters
    Checkpoints = $checkpoints
    Backups = $backups
    Warnings = $script:warnings
}

# Every value is a scalar in a flat row, so that the depth never cuts anything off.
$json = ConvertTo-Json -InputObject $inventory -Depth 4
$json | Out-File -FilePath $OutFile -Encoding utf8
Write-Output "${OutFile}: $($nodeRows.Count) nodes, $($vms.Count) VMs, $($script:warnings.Count) warnings"
