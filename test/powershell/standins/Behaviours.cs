// What each cmdlet of cmdlets.txt does to the cluster, by its name. PowerShell has bound and checked the arguments before.
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using Microsoft.FailoverClusters.PowerShell;
using Microsoft.HyperV.PowerShell;

namespace Vmferry.StandIns;

/// Base of the generated cmdlets. The arguments are those that were given.
public abstract class StandIn : PSCmdlet
{
    public World World => Session.World;
    public string Command => MyInvocation.MyCommand.Name;
    public bool Has(string name) => MyInvocation.BoundParameters.ContainsKey(name);
    public T? Get<T>(string name) => MyInvocation.BoundParameters.TryGetValue(name, out var value) && value is T given ? given : default;
    public bool On(string name) => Get<SwitchParameter>(name);
    public string[] Texts(string name) => MyInvocation.BoundParameters.GetValueOrDefault(name) switch
    {
        null => [],
        StringCollection list => list.Cast<string>().ToArray(),
        string[] list => list,
        var one => [one.ToString()!],
    };

    protected override void ProcessRecord()
    {
        Session.Tick(Command);
        try
        {
            foreach (var item in Behaviours.Run(this)) WriteObject(item);
        }
        catch (Refused error)
        {
            Exception told = MyInvocation.MyCommand.ModuleName == "Hyper-V" ? new VirtualizationException(error.Message) : new ClusterCmdletException(error.Message);
            WriteError(new ErrorRecord(told, "OperationFailed", ErrorCategory.NotSpecified, null));
        }
    }
}

public static class Behaviours
{
    public static IEnumerable<object> Run(StandIn c)
    {
        var w = c.World;
        if (w.Costs.TryGetValue(c.Command, out var cost)) w.Advance(cost);
        var node = Computer(c, c.Texts("ComputerName").Concat(c.Texts("CimSession")).FirstOrDefault());
        if (w.Errors.GetValueOrDefault(c.Command) is { } broken) throw new Refused(broken);
        if (node != null && w.Errors.GetValueOrDefault($"{c.Command} {node.Name}") is { } there) throw new Refused(there);
        if (c.MyInvocation.MyCommand.ModuleName == "FailoverClusters") RequireCluster(c);
        return c.Command switch
        {
            "Get-Cluster" => [w.Version >= 2022 ? new Cluster2022(w) { Name = w.Name } : new Cluster(w) { Name = w.Name }],
            "Get-ClusterNode" => ByName(c, "node", w.Nodes.Select(NodeOf)),
            "Get-ClusterGroup" => Groups(c).Select(group => With(c, "Name", group.Name, group)),
            "Get-ClusterResource" => Resources(c).Concat(Rows(c, null)),
            "Get-ClusterParameter" => Parameters(c),
            "Move-ClusterVirtualMachineRole" => MoveRole(c),
            "Suspend-ClusterNode" => SetNode(c, "Up", "Paused"),
            "Resume-ClusterNode" => SetNode(c, "Paused", "Up"),
            "Get-ClusterOwnerNode" => Owners(c),
            "Get-ClusterResourceType" => c.Texts("Name").Select(name => new ClusterResourceType { Name = name }),
            "Get-VM" => (Has(c, "Id") ? [ById(c, node!)] : Vms(c, node!)).Select(vm => With(c, "VMId", vm.Id, Machine(w, vm))),
            "Get-VMHost" => Rows(c, node).DefaultIfEmpty(HostOf(node!)),
            "Compare-VM" => Compare(c),
            "Stop-VM" => Operate(c, "stop"),
            "Start-VM" => Operate(c, "start"),
            "Save-VM" => Operate(c, "save"),
            "Set-VMProcessor" => SetProcessor(c),
            "Get-CimInstance" => Cim(c, node!),
            _ => Rows(c, node),
        };
    }

    static bool Has(StandIn c, string name) => c.Has(name);

    static void RequireCluster(StandIn c)
    {
        var name = c.Command == "Get-Cluster" ? c.Texts("Name").FirstOrDefault() : c.Get<string>("Cluster");
        if (!c.World.Answers) throw new Refused("The cluster service is not running. Make sure that the service is running on all nodes in the cluster.");
        if (name is not (null or "" or ".") && !World.Same(name, c.World.Name)) throw c.World.Refuse($"The cluster '{name}' could not be contacted.");
    }

    /// Without -ComputerName, the first node is the one on which the script runs.
    static Node? Computer(StandIn c, string? name)
    {
        if (c.MyInvocation.MyCommand.ModuleName == "FailoverClusters") return null;
        if (c.Get<VirtualMachine>("VM") is { } vm) name = vm.ComputerName;
        if (c.Get<VirtualMachine[]>("VM") is { } several) name = several[0].ComputerName;
        var node = name is null or "." or "localhost" ? Session.Here ?? c.World.Nodes.First() : c.World.TheNode(name);
        if (!node.Answers || node.State == "Down") throw new Refused($"The operation on computer '{node.Name}' failed: The RPC server is unavailable.");
        return node;
    }

    static ClusterNode NodeOf(Node node) => new()
    {
        Name = node.Name,
        State = Enum.Parse<ClusterNodeState>(node.State),
        StatusInformation = Enum.Parse<ClusterNodeStatusInformation>(node.StatusInformation),
    };

    static ClusterGroup GroupOf(World w, Vm vm) => new()
    {
        Name = vm.Name,
        Id = new Guid(vm.Id.ToString().Replace("-4000-", "-4001-")).ToString(),
        Vm = vm,
        OwnerNode = NodeOf(w.TheNode(vm.Node)),
        State = vm.Failed ? ClusterGroupState.Failed : w.IsPending(vm) ? ClusterGroupState.Pending : vm.State is "Running" or "Paused" ? ClusterGroupState.Online : ClusterGroupState.Offline,
        GroupType = GroupType.VirtualMachine,
        LockedFromMoving = vm.Transit is { Begun: true } ? 1 : 0,
        StatusInformation = vm.Transit is { Begun: false } ? 4ul : 0,
    };

    /// Names may have wildcards there; one without that fits nothing is an error.
    static IEnumerable<T> ByName<T>(StandIn c, string what, IEnumerable<T> all) where T : Named
    {
        if (!c.Has("Name")) return all;
        var found = new List<T>();
        foreach (var name in c.Texts("Name"))
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var fitting = all.Where(each => pattern.IsMatch(each.Name)).ToList();
            if (fitting.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) throw c.World.Refuse($"The {what} '{name}' was not found in the cluster.");
            found.AddRange(fitting);
        }
        return found;
    }

    static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    static IEnumerable<ClusterGroup> Groups(StandIn c)
    {
        var w = c.World;
        var input = Bare(c.Get<object>("InputObject"));
        var core = new ClusterGroup { Name = "Cluster Group", GroupType = GroupType.Cluster, State = ClusterGroupState.Online, OwnerNode = NodeOf(w.Nodes[0]) };
        var all = w.Vms.Select(vm => GroupOf(w, vm)).Append(core);
        if (c.Has("VMId")) all = all.Where(group => group.Vm?.Id == c.Get<Guid>("VMId"));
        if (input is ClusterNode owner) all = all.Where(group => World.Same(group.OwnerNode!.Name, owner.Name));
        if (input is ClusterGroup known) all = all.Where(group => group.Id == known.Id);
        if (input is ClusterResource resource) all = all.Where(group => group.Id == resource.OwnerGroup!.Id);
        return ByName(c, "group", all);
    }

    static IEnumerable<object> Resources(StandIn c)
    {
        var w = c.World;
        var input = Bare(c.Get<object>("InputObject"));
        var vms = w.Vms.Where(vm => !c.Has("VMId") || vm.Id == c.Get<Guid>("VMId"));
        if (input is ClusterGroup group) vms = vms.Where(vm => vm == group.Vm);
        var all = vms.SelectMany(vm => new[] { "Virtual Machine", "Virtual Machine Configuration" }.Select(type => new ClusterResource
        {
            Name = $"{type} {vm.Name}",
            Id = $"{type} {vm.Id}",
            ResourceType = new() { Name = type },
            OwnerGroup = GroupOf(w, vm),
            OwnerNode = NodeOf(w.TheNode(vm.Node)),
            State = w.IsPending(vm) ? ClusterResourceState.Pending : vm.State == "Running" ? ClusterResourceState.Online : ClusterResourceState.Offline,
        }));
        if (input is ClusterResource known) all = all.Where(each => each.Id == known.Id);
        return ByName(c, "resource", all);
    }

    static IEnumerable<object> Parameters(StandIn c)
    {
        var owner = Bare(c.Get<object>("InputObject")) ?? throw new Refused("The cluster object was not given.");
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (owner is ClusterResource { OwnerGroup.Vm: { } vm } resource)
        {
            values["VmID"] = vm.Id.ToString();
            if (resource.ResourceType!.Name == "Virtual Machine") values["MigrationState"] = (uint)vm.Phase;
            values["OfflineAction"] = 1u;
        }
        else if (owner is ClusterResourceType type)
            foreach (var row in c.World.Tables.GetValueOrDefault("Get-ClusterParameter", []))
                values[row["Name"].GetString()!] = Value(row["Value"]);
        else throw new Refused("The input object has no parameters.");
        foreach (var name in c.Texts("Name").Where(name => !values.ContainsKey(name))) throw c.World.Refuse($"The parameter '{name}' was not found.");
        return values.Where(pair => !c.Has("Name") || c.Texts("Name").Contains(pair.Key, StringComparer.OrdinalIgnoreCase))
            .Select(pair => new ClusterParameter(owner, pair.Key, pair.Value));
    }

    static IEnumerable<object> MoveRole(StandIn c)
    {
        var w = c.World;
        var vm = Bare(c.Get<object>("InputObject")) switch
        {
            ClusterGroup group => group.Vm,
            ClusterResource resource => resource.OwnerGroup!.Vm,
            null when c.Has("VMId") => w.Vms.Find(vm => vm.Id == c.Get<Guid>("VMId")),
            // Not a wildcard pattern there.
            null => w.Vms.Find(vm => World.Same(vm.Name, c.Get<string>("Name"))),
            _ => null,
        } ?? throw w.Refuse("The group was not found in the cluster.");
        if (c.On("Cancel")) w.Cancel(vm);
        else
        {
            var type = c.Has("MigrationType") ? c.Get<VmMigrationType>("MigrationType") : VmMigrationType.Live;
            if (type is not (VmMigrationType.Live or VmMigrationType.Quick)) throw new Refused($"-MigrationType {type} is not asked for by anything here.");
            w.Migrate(vm, c.Get<string>("Node")!, type == VmMigrationType.Live);
            var patience = c.Has("Wait") ? c.Get<int>("Wait") : int.MaxValue;
            for (var waited = 0; vm.Transit != null && waited < patience; waited++) w.Advance(1);
        }
        return [GroupOf(w, vm)];
    }

    static IEnumerable<object> SetNode(StandIn c, string before, string after)
    {
        var w = c.World;
        if (c.On("Drain") || c.On("ForceDrain") || c.Has("Failback") && c.Get<ResumeClusterNodeFailbackType>("Failback") != ResumeClusterNodeFailbackType.NoFailback)
            throw new Refused($"{c.Command} with -Drain, -ForceDrain or -Failback is not asked for by anything here.");
        var given = Bare(c.Get<object>("InputObject")) is ClusterNode one ? [one] : ByName(c, "node", w.Nodes.Select(NodeOf)).ToArray();
        foreach (var node in given.Select(each => w.TheNode(each.Name)))
        {
            if (c.Command == "Suspend-ClusterNode" && !c.ShouldProcess(node.Name)) continue;
            if (w.Errors.GetValueOrDefault($"{c.Command} {node.Name}") is { } broken) throw w.Refuse(broken);
            if (node.State != before) throw w.Refuse($"The cluster node '{node.Name}' is {node.State}.");
            node.State = after;
            w.Settings.Add($"{node.Name} {after}");
            yield return NodeOf(node);
        }
    }

    static VirtualMachine Machine(World w, Vm vm) => new(w, vm);

    static Vm ById(StandIn c, Node node) =>
        c.World.Vms.Find(vm => vm.Id == c.Get<Guid>("Id") && vm.Node == node.Name)
        ?? throw c.World.Refuse($"Hyper-V was unable to find a virtual machine with id \"{c.Get<Guid>("Id")}\".");

    /// By objects, which remember their node; or by names, which may have wildcards.
    static IEnumerable<Vm> Vms(StandIn c, Node node)
    {
        var w = c.World;
        var objects = c.Get<VirtualMachine[]>("VM") ?? (c.Get<VirtualMachine>("VM") is { } one ? [one] : null);
        if (objects != null)
            return objects.Select(given => w.Vms.Find(vm => vm.Id == given.Id && vm.Node == given.ComputerName)
                ?? throw w.Refuse($"Hyper-V was unable to find a virtual machine with id \"{given.Id}\" on '{given.ComputerName}'.")).ToList();
        var there = w.Vms.Where(vm => vm.Node == node.Name).ToList();
        var names = c.Texts("Name").Concat(c.Texts("VMName")).ToArray();
        if (names.Length == 0) return there;
        var found = names.SelectMany(name => there.Where(vm => new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch(vm.Name))).ToList();
        if (found.Count == 0 && !names.Any(WildcardPattern.ContainsWildcardCharacters)) throw w.Refuse($"Hyper-V was unable to find a virtual machine with name \"{names[0]}\".");
        return found;
    }

    static object HostOf(Node node) => Row(new()
    {
        ["Name"] = node.Name,
        ["ComputerName"] = node.Name,
        ["FullyQualifiedDomainName"] = "example.test",
        ["LogicalProcessorCount"] = 64,
        ["MemoryCapacity"] = (long)(node.MemoryMiB * 1048576),
        ["VirtualMachineMigrationEnabled"] = true,
        ["MaximumVirtualMachineMigrations"] = (uint)node.MaximumVirtualMachineMigrations,
        ["MaximumStorageMigrations"] = 2u,
    });

    static IEnumerable<object> Compare(StandIn c)
    {
        var w = c.World;
        var target = w.TheNode(c.Get<string>("DestinationHost"));
        if (!target.Answers) throw new Refused($"Virtual machine migration operation failed at migration destination: '{target.Name}' does not answer.");
        foreach (var vm in Vms(c, w.TheNode(w.Nodes[0].Name)))
        {
            if (!c.ShouldProcess(vm.Name)) continue;
            var found = w.Incompatible.GetValueOrDefault($"{vm.Name} {target.Name}");
            // No array where there is nothing to tell.
            yield return new VMCompatibilityReport(Machine(w, vm), target.Name, found?.Select(pair => new VMCompatibilityReportMessage(pair.Value, pair.Key, null)).ToArray());
        }
    }

    static IEnumerable<object> Operate(StandIn c, string kind)
    {
        var w = c.World;
        if (c.On("TurnOff") || c.On("Save") || c.On("Force")) throw new Refused($"{c.Command} with -TurnOff, -Save or -Force is not asked for by anything here.");
        foreach (var vm in Vms(c, w.Nodes[0]))
        {
            if (!c.ShouldProcess(vm.Name)) continue;
            if (kind == "start" && vm.State == "Running") { c.WriteWarning("The virtual machine is already in the specified state."); continue; }
            if (c.On("AsJob"))
            {
                string? refused = null;
                try { w.Operate(vm, kind); } catch (Refused error) when (!error.Accepted) { refused = error.Message; }
                var job = new OperationJob(w, vm, c.Command, refused);
                w.Jobs.Add(job);
                c.JobRepository.Add(job);
                yield return job;
                continue;
            }
            w.Operate(vm, kind);
            var entry = w.Trace[vm.Transit!.Entry];
            while (entry.Outcome == null) w.Advance(1);
            if (entry.Outcome != "ended") throw w.Refuse($"'{vm.Name}' failed to {kind}.");
        }
    }

    static IEnumerable<object> SetProcessor(StandIn c)
    {
        var w = c.World;
        foreach (var vm in Vms(c, w.Nodes[0]))
        {
            if (c.Has("CompatibilityForMigrationMode") && w.Version < 2025) throw new Refused("The mode is not supported on this host.");
            if (vm.State != "Off") throw w.Refuse($"'{vm.Name}' failed to modify device 'Processor': cannot modify while the virtual machine is {vm.State}.");
            if (!c.ShouldProcess(vm.Name)) continue;
            if (c.Has("CompatibilityForMigrationEnabled")) vm.Compatibility = c.Get<bool>("CompatibilityForMigrationEnabled");
            if (c.Has("CompatibilityForMigrationMode")) vm.CompatibilityMode = c.Get<CompatibilityForMigrationMode>("CompatibilityForMigrationMode").ToString();
        }
        return [];
    }

    static IEnumerable<object> Cim(StandIn c, Node node)
    {
        var name = c.Get<string>("ClassName")!;
        if (c.World.Errors.GetValueOrDefault($"{name} {node.Name}") is { } broken) throw new Refused(broken);
        var rows = c.World.Tables.GetValueOrDefault(name);
        if (rows != null) return Rows(c, node, name);
        if (name == "Win32_Service") return [];
        if (name != "Win32_OperatingSystem") throw c.World.Refuse("Invalid class ");
        return [Row(new()
        {
            ["FreePhysicalMemory"] = (ulong)(c.World.FreeMiB(node) * 1024),
            ["TotalVisibleMemorySize"] = (ulong)(node.MemoryMiB * 1024),
            ["Caption"] = "Microsoft Windows Server Datacenter",
        })];
    }

    /// Possible owners of a resource; of a role, the preferred ones that the test has put down.
    static IEnumerable<object> Owners(StandIn c)
    {
        var w = c.World;
        var of = Bare(c.Get<object>("InputObject")) ?? throw new Refused("The cluster object was not given.");
        var names = of is ClusterResource { OwnerGroup.Vm: { } vm } ? vm.AllowedNodes ?? w.Nodes.Select(node => node.Name)
            : Rows(c, null).Cast<PSObject>().Where(row => Equals(row.Properties["Group"].Value, of.ToString())).Select(row => (string)row.Properties["Owner"].Value);
        yield return new ClusterOwnerNodeList(of, names.Select(name => NodeOf(w.TheNode(name))).ToList().AsReadOnly());
    }

    /// The object, with what the test's row for it says besides, or instead.
    static object With(StandIn c, string key, object value, object item)
    {
        var more = PSObject.AsPSObject(item);
        foreach (var row in c.World.Tables.GetValueOrDefault(c.Command, []).Where(row => row[key].GetString() == value.ToString()))
            foreach (var (name, told) in row.Where(pair => pair.Key != key)) more.Properties.Add(new PSNoteProperty(name, Value(told)));
        return more;
    }

    /// Rows that the test has put down for the command or class: of the node and the VM that were asked for.
    static IEnumerable<object> Rows(StandIn c, Node? node, string? table = null)
    {
        var pattern = c.Texts("VMName").Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase)).ToList();
        foreach (var row in c.World.Tables.GetValueOrDefault(table ?? c.Command, []))
        {
            if (node != null && row.TryGetValue("Node", out var on) && !World.Same(on.GetString(), node.Name)) continue;
            if (pattern.Count > 0 && row.TryGetValue("VMName", out var vm) && !pattern.Any(p => p.IsMatch(vm.GetString()))) continue;
            if (c.Get<VirtualMachine[]>("VM") is { } vms && row.TryGetValue("VMId", out var id) && vms.All(v => v.Id.ToString() != id.GetString())) continue;
            if (c.Get<Guid[]>("VMId") is { } ids && ids.All(each => each.ToString() != row["VMId"].GetString())) continue;
            if (c.Has("Job") && row["Job"].GetString() != PSObject.AsPSObject(c.Get<object>("Job")).Properties["Name"].Value as string) continue;
            yield return Row(row.Where(pair => pair.Key != "Node").ToDictionary(pair => pair.Key, pair => Value(pair.Value)));
        }
    }

    static PSObject Row(Dictionary<string, object?> values)
    {
        var row = new PSObject();
        foreach (var (key, value) in values) row.Properties.Add(new PSNoteProperty(key, value));
        return row;
    }

    static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.TryGetDateTime(out var time) => time,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToArray(),
        JsonValueKind.Object => Row(value.EnumerateObject().ToDictionary(p => p.Name, p => Value(p.Value))),
        _ => null,
    };
}
