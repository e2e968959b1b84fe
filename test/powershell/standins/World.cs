// A failover cluster of Hyper-V nodes in memory, and its clock: migrations take their time, fail, hang, wait in a queue, and are refused
// where a cluster refuses them. It is plain data, so that it outlives a process that is killed. What happened is in Trace.
//
// Reduced against reality: storage, networks and heartbeats do not exist; memory that a VM leaves is free when it has left.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vmferry.StandIns;

/// What a cluster refuses. The cmdlets make an error of PowerShell of it.
public class Refused(string message, bool accepted = false) : Exception(message)
{
    /// The command went through all the same.
    public bool Accepted => accepted;
}

public class Node
{
    public string Name = "";
    public double MemoryMiB;
    public string State = "Up";
    /// Whether Hyper-V and CIM answer there.
    public bool Answers = true;
    public string StatusInformation = "Normal";
    public int MaximumVirtualMachineMigrations = 9;
}

/// What becomes of one attempt. Fates: ends, fails, sticks; refused (an error, nothing begins), thrown (an error, and it begins all the
/// same); saved (a quick migration that arrives and stays saved), broken (arrives, and its role has failed).
public class Course
{
    public string Fate = "ends";
    public double? Seconds;
    /// How long the cluster lets it wait before it begins.
    public double Queue;
    public string? Message;
}

public class Transit
{
    public string Kind = "";
    public string To = "";
    public string Before = "";
    public string Fate = "ends";
    public string? Message;
    public bool Memory;
    public double Seconds;
    public double? BeginAt, TransferAt, EndAt, CancelAt;
    public int Entry = -1;

    public bool Begun => BeginAt == null;
    public double Next => new[] { BeginAt, TransferAt, EndAt, CancelAt }.Min() ?? double.PositiveInfinity;
}

public class Vm
{
    public string Name = "";
    public Guid Id;
    public string Node = "";
    public double MemoryMiB;
    public string State = "Running";
    /// Another operation of the VM: BackingUpVirtualMachine, CreatingSnapshot, …
    public string Busy = "None";
    /// MigrationState of its resource: 4 and 5 stay until the next migration begins.
    public int Phase;
    public bool Failed;
    public bool Compatibility;
    public string CompatibilityMode = "MinimumFeatureSet";
    public string[]? AllowedNodes;
    public Transit? Transit;
}

public class Entry
{
    public string Vm = "", Kind = "", From = "", To = "";
    public double StartSeconds;
    public double? EndSeconds;
    public string? Outcome;
    /// Not asked for by the script.
    public bool Foreign;
}

/// Something that happens by itself: Set changes the node, the VM or (without either) the cluster; Move is where somebody migrates the VM to;
/// Full is a file on a disk that is full from now on, Free one that is not any more.
public class Happening
{
    public double At;
    public string? Vm, Node, Move, Full, Free;
    public Dictionary<string, JsonElement> Set = [];
}

/// What the administrator's script does at one call: ends, fails (throws when it is over), stays down (the node does not come back), or exits with
/// a code. The node restarts in between: down from a tenth of it to nine tenths.
public class WorkCourse
{
    public string Fate = "ends";
    public double Seconds = 600;
    public int Code;
}

public class WorkEntry
{
    public string Node = "";
    public double StartSeconds;
    public double? EndSeconds;
    public string? Outcome;
}

public record Refusal(double AtSeconds, string Message);

public class World
{
    const double SetupSeconds = 2, CancelSeconds = 2;
    static readonly JsonSerializerOptions Json = new()
    {
        IncludeFields = true,
        IgnoreReadOnlyProperties = true,
        PropertyNameCaseInsensitive = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string Name = "CL01";
    public DateTimeOffset Start = DateTimeOffset.Parse("2026-11-23T20:00:00+01:00");
    public double Now;
    public List<Node> Nodes = [];
    public List<Vm> Vms = [];
    public List<Entry> Trace = [];
    public List<Refusal> Refusals = [];
    /// What was set of the cluster and of its nodes, in order.
    public List<string> Settings = [];
    public List<Happening> Happenings = [];
    /// Of the attempts on a VM, in order; by default all end.
    public Dictionary<string, List<Course>> Courses = [];
    public Dictionary<string, int> Attempts = [];
    /// By node, of each call of the administrator's script in order; and what came of them.
    public Dictionary<string, List<WorkCourse>> WorkCourses = [];
    public List<WorkEntry> WorkTrace = [];
    /// Planned seconds by "vm from to", else by "vm", else 60.
    public Dictionary<string, double> Planned = [];
    /// How far real durations are off, as a share.
    public double Spread;
    public uint Seed = 1;
    /// Of Windows Server: 2016, 2019, 2022 or 2025.
    public int Version = 2025;
    public int MaximumParallelMigrations = 9;
    public int AutoBalancerMode;
    /// Whether the cluster service answers.
    public bool Answers = true;
    public string[] Uncancellable = [];
    /// What Compare-VM finds: "vm node" → message id and message.
    public Dictionary<string, Dictionary<int, string>> Incompatible = [];
    /// Seconds that a cmdlet takes.
    public Dictionary<string, double> Costs = [];
    /// Whether a job that fails has a reason, or its error stream only.
    public bool JobsHaveReasons = true;
    /// Rows of cmdlets and CIM classes that only read, by name.
    public Dictionary<string, List<Dictionary<string, JsonElement>>> Tables = [];
    /// Texts of the errors of cmdlets that fail, by "cmdlet" or "cmdlet node".
    public Dictionary<string, string> Errors = [];

    [JsonIgnore] public readonly List<OperationJob> Jobs = [];

    public static World Load(string json)
    {
        var world = JsonSerializer.Deserialize<World>(json, Json)!;
        for (var i = 0; i < world.Vms.Count; i++)
            if (world.Vms[i].Id == Guid.Empty) world.Vms[i].Id = new Guid(i + 1, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);
        return world;
    }

    public string Save() => JsonSerializer.Serialize(this, Json);
    /// Applies values by name to the fields of the world, a node or a VM.
    public static void Assign(object target, Dictionary<string, JsonElement> values)
    {
        foreach (var (key, value) in values)
        {
            var field = target.GetType().GetFields().Single(f => f.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            field.SetValue(target, value.Deserialize(field.FieldType, Json));
        }
    }

    public DateTime Clock => Start.AddSeconds(Now).LocalDateTime;
    public Node? FindNode(string? name) => Nodes.Find(n => Same(n.Name, name));
    public Node TheNode(string? name) => FindNode(name) ?? throw Refuse($"The cluster node '{name}' was not found.");
    public static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    public Refused Refuse(string message)
    {
        Refusals.Add(new(Now, message));
        return new Refused(message);
    }

    public bool IsPending(Vm vm) =>
        (vm.Transit is { Begun: true, Kind: "quick" }) || vm.State is "Stopping" or "Starting" or "Saving";

    /// VMs that arrive hold their memory from the start on, VMs that leave until the end.
    public double FreeMiB(Node node)
    {
        var free = node.MemoryMiB;
        foreach (var vm in Vms)
        {
            if (vm.Node == node.Name && vm.State is not ("Off" or "Saved")) free -= vm.MemoryMiB;
            if (vm.Transit is { Begun: true, Memory: true } t && t.To == node.Name && vm.Node != node.Name) free -= vm.MemoryMiB;
        }
        return free;
    }

    int Participation(string node) =>
        Vms.Count(vm => vm.Transit is { Begun: true, Kind: "live" } t && (vm.Node == node || t.To == node));

    // mulberry32: the same on every machine
    double Random()
    {
        Seed += 0x6d2b79f5;
        var t = (Seed ^ (Seed >> 15)) * (Seed | 1);
        t ^= t + (t ^ (t >> 7)) * (t | 61);
        return (t ^ (t >> 14)) / 4294967296.0;
    }

    Transit Accept(Vm vm, string kind, string to, bool memory, bool foreign = false)
    {
        var number = Attempts.GetValueOrDefault(vm.Name);
        if (!foreign) Attempts[vm.Name] = number + 1;
        var course = foreign ? new Course() : Courses.GetValueOrDefault(vm.Name)?.ElementAtOrDefault(number) ?? new Course();
        // The three steps of a restart share its time.
        var part = kind is "stop" or "start" || (kind == "quick" && vm.State == "Off") ? 0.3 : 1;
        var planned = Planned.TryGetValue($"{vm.Name} {vm.Node} {to}", out var route) ? route : Planned.GetValueOrDefault(vm.Name, 60);
        var seconds = course.Seconds ?? Math.Max(0.1, planned * part * (1 + Spread * (2 * Random() - 1)));
        if (course.Fate == "refused") throw Refuse(course.Message ?? $"The operation on '{vm.Name}' failed.");
        vm.Transit = new Transit
        {
            Kind = kind, To = to, Before = vm.State, Fate = course.Fate, Message = course.Message, Memory = memory, Seconds = seconds,
            BeginAt = Now + course.Queue,
        };
        if (course.Queue == 0) Begin(vm, foreign);
        if (course.Fate == "thrown") throw new Refused(course.Message ?? $"The call on '{vm.Name}' timed out.", accepted: true);
        return vm.Transit;
    }

    void Begin(Vm vm, bool foreign = false)
    {
        var t = vm.Transit!;
        t.BeginAt = null;
        t.Entry = Trace.Count;
        Trace.Add(new Entry { Vm = vm.Name, Kind = t.Kind, From = vm.Node, To = t.To, StartSeconds = Now, Foreign = foreign });
        vm.Failed = false;
        vm.State = t.Kind switch { "stop" => "Stopping", "start" => "Starting", "save" => "Saving", _ => vm.State };
        if (t.Kind == "live") { vm.Phase = 1; t.TransferAt = Now + Math.Min(SetupSeconds, t.Seconds / 2); }
        if (t.Fate != "sticks") t.EndAt = Now + t.Seconds;
    }

    void End(Vm vm, string outcome)
    {
        var entry = Trace[vm.Transit!.Entry];
        (entry.EndSeconds, entry.Outcome) = (Now, outcome);
        vm.Transit = null;
    }

    void Arrive(Vm vm)
    {
        var t = vm.Transit!;
        var failed = t.Fate == "fails";
        if (t.Kind is "live" or "quick")
        {
            vm.Phase = failed && t.Kind == "live" ? 5 : 0;
            if (!failed) vm.Node = t.To;
            if (t.Fate == "saved") vm.State = "Saved";
            vm.Failed = t.Fate == "broken";
        }
        else vm.State = failed ? t.Before : t.Kind switch { "stop" => "Off", "save" => "Saved", _ => "Running" };
        End(vm, failed ? "failed" : "ended");
    }

    void RefuseBusy(Vm vm, string what)
    {
        if (vm.Transit != null) throw Refuse($"{what} of '{vm.Name}' failed: the group is locked, an operation is in progress on it.");
        if (vm.Busy != "None") throw Refuse($"{what} of '{vm.Name}' failed: the virtual machine is busy ({vm.Busy}).");
    }

    /// Live, or quick: of a VM that runs, is saved or is off.
    public void Migrate(Vm vm, string node, bool live, bool foreign = false)
    {
        var to = TheNode(node);
        RefuseBusy(vm, "Migration");
        if (to.State != "Up") throw Refuse($"The node '{to.Name}' is {to.State}; it takes no groups.");
        if (TheNode(vm.Node).State == "Down") throw Refuse($"The node '{vm.Node}' is down.");
        if (to.Name == vm.Node) throw Refuse($"'{vm.Name}' is already on node '{to.Name}'.");
        if (vm.AllowedNodes?.Contains(to.Name) == false) throw Refuse($"'{to.Name}' is not a possible owner of '{vm.Name}' (0x80071398).");
        if (live && vm.State != "Running") throw Refuse($"The virtual machine '{vm.Name}' is not running; it cannot be live migrated.");
        if (live)
            foreach (var name in new[] { vm.Node, to.Name })
                if (Participation(name) >= MaximumParallelMigrations)
                    throw Refuse($"Live migration of '{vm.Name}' failed: migration limit {MaximumParallelMigrations} was reached on '{name}'.");
        var memory = vm.State == "Running";
        if (memory && FreeMiB(to) < vm.MemoryMiB) throw Refuse($"'{to.Name}' has not enough memory for '{vm.Name}' (0x8007000E).");
        var misfit = memory && Incompatible.GetValueOrDefault($"{vm.Name} {to.Name}")?.Count > 0;
        var transit = Accept(vm, live ? "live" : "quick", to.Name, memory, foreign);
        if (misfit) { transit.Fate = "fails"; transit.EndAt = Now + SetupSeconds; }
    }

    public void Cancel(Vm vm)
    {
        if (vm.Transit?.Kind != "live") throw Refuse($"There is no live migration of '{vm.Name}' to cancel.");
        if (Uncancellable.Contains(vm.Name)) return;
        if (!vm.Transit.Begun) { vm.Transit = null; vm.Phase = 4; }
        else vm.Transit.CancelAt = Now + CancelSeconds;
    }

    /// stop, start or save where it is.
    public void Operate(Vm vm, string kind)
    {
        RefuseBusy(vm, kind);
        if (kind == "start" ? vm.State is not ("Off" or "Saved") : vm.State != "Running")
            throw Refuse($"'{vm.Name}' failed to {kind}: the operation cannot be performed while the virtual machine is {vm.State}.");
        if (kind == "start" && TheNode(vm.Node).State == "Paused") throw Refuse($"'{vm.Name}' failed to start: the cluster node is paused (0x800713CE).");
        if (kind == "start" && FreeMiB(TheNode(vm.Node)) < vm.MemoryMiB)
            throw Refuse($"'{vm.Name}' could not initialize memory: not enough memory resources (0x8007000E).");
        Accept(vm, kind, vm.Node, kind != "start");
    }

    /// A work begins: what becomes of its node happens by itself, whether the script is there to see it or not.
    public WorkCourse BeginWork(string name)
    {
        var node = TheNode(name);
        var course = WorkCourses.GetValueOrDefault(name)?.ElementAtOrDefault(WorkTrace.Count(entry => entry.Node == name)) ?? new WorkCourse();
        if (node.State == "Up") Refuse($"The work on '{name}' begins, and the node is not paused.");
        if (node.State == "Down") Refuse($"The work on '{name}' begins, and the node is down.");
        WorkTrace.Add(new WorkEntry { Node = name, StartSeconds = Now });
        Happenings.Add(new Happening { At = Now + course.Seconds / 10, Node = name, Set = new() { ["state"] = JsonSerializer.SerializeToElement("Down") } });
        if (course.Fate != "down") Happenings.Add(new Happening { At = Now + course.Seconds * 0.9, Node = name, Set = new() { ["state"] = JsonSerializer.SerializeToElement("Paused") } });
        return course;
    }

    void Fall(Node node)
    {
        foreach (var vm in Vms)
            if ((vm.Node == node.Name && vm.State is not ("Off" or "Saved")) || vm.Transit?.To == node.Name) Refuse($"'{node.Name}' went down under '{vm.Name}'.");
    }

    public void Advance(double seconds)
    {
        var until = Now + seconds;
        while (true)
        {
            var next = Happenings.Select(h => h.At).Concat(Vms.Where(v => v.Transit != null).Select(v => v.Transit!.Next)).DefaultIfEmpty(double.PositiveInfinity).Min();
            if (next > until) break;
            Now = Math.Max(Now, next);
            foreach (var vm in Vms.Where(v => v.Transit?.Next <= Now)) Step(vm, vm.Transit!);
            foreach (var due in Happenings.Where(h => h.At <= Now).ToList())
            {
                Happenings.Remove(due);
                Happen(due);
            }
        }
        Now = until;
        foreach (var job in Jobs) job.Look(this);
    }

    void Step(Vm vm, Transit t)
    {
        if (t.BeginAt <= Now) Begin(vm);
        else if (t.CancelAt <= Now) { vm.Phase = 4; End(vm, "cancelled"); }
        else if (t.EndAt <= Now) Arrive(vm);
        else { vm.Phase = 2; t.TransferAt = null; }
    }

    public void Happen(Happening what)
    {
        var vm = what.Vm == null ? null : Vms.Find(v => v.Name == what.Vm);
        if (what.Move != null) try { Migrate(vm!, what.Move, live: true, foreign: true); } catch (Refused) { }
        else if (what.Full != null)
        {
            File.Move(what.Full, what.Full + ".kept");
            File.CreateSymbolicLink(what.Full, "/dev/full");
        }
        else if (what.Free != null) File.Move(what.Free + ".kept", what.Free, overwrite: true);
        else if (what.Vm != null) { if (vm != null) Assign(vm, what.Set); }
        else
        {
            Assign(what.Node == null ? this : TheNode(what.Node), what.Set);
            if (what.Node != null && TheNode(what.Node).State == "Down") Fall(TheNode(what.Node));
        }
    }
}
