// The objects that the cmdlets give, with the names, properties and enumerations of the real ones: snapshots, but for the cluster's own
// common properties, which can be set.
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using Vmferry.StandIns;

namespace Microsoft.FailoverClusters.PowerShell
{
    public enum ClusterGroupState { Unknown = -1, Online, Offline, Failed, PartialOnline, Pending }
    public enum ClusterResourceState { Unknown = -1, Inherited, Initializing, Online, Offline, Failed, Pending = 128, OnlinePending, OfflinePending }
    public enum ClusterNodeState { Unknown = -1, Up, Down, Paused, Joining }
    public enum ClusterNodeDrainStatus { NotInitiated, InProgress, Completed, Failed }
    [Flags] public enum ClusterNodeStatusInformation { Normal = 0, Isolated = 1, Quarantined = 2, DrainInProgress = 4, DrainCompleted = 8, DrainFailed = 16, AvoidPlacement = 32 }
    public enum GroupType { Cluster = 1, AvailableStorage = 2, VirtualMachine = 111 }
    public enum ResumeClusterNodeFailbackType { NoFailback, Immediate, Policy }
    public enum VmMigrationType { TurnOff, Quick, Shutdown, ShutdownForce, Live }

    public class ClusterCmdletException(string message) : Exception(message);

    public class Named
    {
        public string Name { get; init; } = "";
        public override string ToString() => Name;
    }

    /// Before 2016 there is no load balancing, before 2022 no limit of the cluster.
    public class Cluster(World world) : Named
    {
        public string Domain => "example.test";
        public int ClusterFunctionalLevel => world.Version switch { 2016 => 9, 2019 => 10, 2022 => 11, _ => 12 };
        public int ClusterEnforcedAntiAffinity => 0;
        public int AutoBalancerLevel => 1;
        public int AutoBalancerMode
        {
            get => world.AutoBalancerMode;
            set { Session.Tick("AutoBalancerMode"); world.AutoBalancerMode = value; world.Settings.Add($"AutoBalancerMode {value}"); }
        }
    }

    public class Cluster2022(World world) : Cluster(world)
    {
        public int MaximumParallelMigrations => world.MaximumParallelMigrations;
    }

    public class ClusterNode : Named
    {
        public ClusterNodeState State { get; init; }
        public ClusterNodeDrainStatus DrainStatus { get; init; }
        public ClusterNodeStatusInformation StatusInformation { get; init; }
        public int NodeWeight => 1;
    }

    public class ClusterGroup : Named
    {
        public string Id { get; init; } = "";
        public ClusterNode? OwnerNode { get; init; }
        public ClusterGroupState State { get; init; }
        public GroupType GroupType { get; init; }
        public uint Priority { get; init; } = 2000;
        public StringCollection AntiAffinityClassNames { get; } = [];
        public int LockedFromMoving { get; init; }
        /// CLUSGRP_STATUS_…: 4 is WAITING_IN_QUEUE_FOR_MOVE.
        public ulong StatusInformation { get; init; }
        public bool IsCoreGroup => GroupType == GroupType.Cluster;
        internal Vm? Vm { get; init; }
    }

    public class ClusterResourceType : Named;

    public class ClusterResource : Named
    {
        public string Id { get; init; } = "";
        public ClusterResourceType? ResourceType { get; init; }
        public ClusterGroup? OwnerGroup { get; init; }
        public ClusterNode? OwnerNode { get; init; }
        public ClusterResourceState State { get; init; }
    }

    public record ClusterParameter(object ClusterObject, string Name, object? Value, bool IsReadOnly = false);
    public record ClusterOwnerNodeList(object ClusterObject, ReadOnlyCollection<ClusterNode> OwnerNodes);
}

namespace Microsoft.HyperV.PowerShell
{
    public enum VMState { Other = 1, Running, Off, Stopping, Saved = 6, Paused = 9, Starting, Reset, Saving = 32773 }
    public enum VMOperationalStatus { Ok = 2, Degraded, PredictiveFailure = 5, InService = 11, Dormant = 15, CreatingSnapshot = 32768, ApplyingSnapshot, DeletingSnapshot, WaitingToStart, MergingDisks, ExportingVirtualMachine, MigratingVirtualMachine, BackingUpVirtualMachine = 32776 }
    public enum CompatibilityForMigrationMode { MinimumFeatureSet, CommonClusterFeatureSet }

    public class VirtualizationException(string message) : Exception(message);

    public class VirtualMachine
    {
        internal readonly Vm Vm;
        public VirtualMachine(World world, Vm vm)
        {
            Vm = vm;
            Id = vm.Id;
            ComputerName = vm.Node;
            State = Enum.Parse<VMState>(vm.State);
            var migrating = vm.Transit is { Begun: true, Kind: "live" };
            var operation = vm.Busy != "None" ? vm.Busy : migrating ? "MigratingVirtualMachine" : null;
            PrimaryOperationalStatus = operation == null ? VMOperationalStatus.Ok : VMOperationalStatus.InService;
            SecondaryOperationalStatus = operation == null ? null : Enum.Parse<VMOperationalStatus>(operation);
            MemoryAssigned = State == VMState.Running ? (long)(vm.MemoryMiB * 1048576) : 0;
            Version = world.Version switch { 2016 => "8.0", 2019 => "9.0", 2022 => "10.0", _ => "12.0" };
            Uptime = TimeSpan.FromSeconds(State == VMState.Running ? world.Now : 0);
        }
        public string Name => Vm.Name;
        public string VMName => Vm.Name;
        public Guid Id { get; }
        public Guid VMId => Id;
        public string ComputerName { get; }
        public VMState State { get; }
        public string Status => SecondaryOperationalStatus == null ? "Operating normally" : SecondaryOperationalStatus.ToString()!;
        public VMOperationalStatus PrimaryOperationalStatus { get; }
        public VMOperationalStatus? SecondaryOperationalStatus { get; }
        public long MemoryAssigned { get; }
        public bool IsClustered => true;
        public string Version { get; }
        public TimeSpan Uptime { get; }
        public override string ToString() => $"VirtualMachine (Name = '{Name}') [Id = '{Id}']";
    }

    public record VMCompatibilityReportMessage(string Message, long MessageId, object? Source);
    public record VMCompatibilityReport(VirtualMachine VM, string Destination, VMCompatibilityReportMessage[]? Incompatibilities);
}

namespace Vmferry.StandIns
{
    /// Of -AsJob. What the operation has come to shows when time has passed.
    public class OperationJob : Job
    {
        readonly Vm vm;
        readonly int entry;
        readonly string? message;

        public OperationJob(World world, Vm vm, string command, string? refused) : base(command)
        {
            this.vm = vm;
            SetJobState(JobState.Running);
            message = refused ?? vm.Transit?.Message;
            entry = refused == null ? vm.Transit!.Entry : -1;
            if (refused != null) Fail(world);
        }

        void Fail(World world)
        {
            var error = new Microsoft.HyperV.PowerShell.VirtualizationException(message ?? "The guest did not answer.");
            if (!world.JobsHaveReasons) Error.Add(new ErrorRecord(error, "OperationFailed", ErrorCategory.NotSpecified, vm.Name));
            SetJobState(JobState.Failed, world.JobsHaveReasons ? error : null);
        }

        // With a reason it is for PowerShell's own jobs only.
        void SetJobState(JobState state, Exception? reason) => typeof(Job)
            .GetMethod("SetJobState", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(JobState), typeof(Exception)])!
            .Invoke(this, [state, reason]);

        public void Look(World world)
        {
            if (JobStateInfo.State != JobState.Running || entry < 0) return;
            var outcome = world.Trace[entry].Outcome;
            if (outcome == "ended") SetJobState(JobState.Completed);
            else if (outcome != null) Fail(world);
        }

        public override bool HasMoreData => Error.Count > 0;
        public override string Location => vm.Node;
        public override string StatusMessage => "";
        public override void StopJob() { }
    }
}
