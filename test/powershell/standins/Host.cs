// Runs scripts: a runspace each, a host that records what is shown and answers what is asked, and a clock in the place of the real one.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Security;
using System.Text.Json;

namespace Vmferry.StandIns;

public class ScriptRequest
{
    public string Path = "";
    public Dictionary<string, JsonElement> Arguments = [];
    /// Run before it, in the same session.
    public string Prelude = "";
    public bool DotSource;
    /// Modules that are missing.
    public string[] Without = [];
    public bool Constrained;
    /// Answers to questions, in order: y, n. What is asked beyond them is an error, as with -NonInteractive.
    public string[] Answers = [];
    /// The call of a cmdlet before which the script ends; 0: none.
    public int EndAtCall;
    /// The same by time, seconds of the cluster's clock.
    public double EndAtSeconds = double.PositiveInfinity;
    /// How it ends. kill: nothing of the script runs any more, files in Folder are as they were. stop: as by Ctrl-C. process: SIGKILL.
    public string EndBy = "kill";
    public string Folder = "";
    /// Where the cluster is written before the process is killed.
    public string SaveTo = "";
}

public record Shown(string Stream, string Text, double AtSeconds);

public class ScriptResult
{
    public int? ExitCode;
    public string? Error;
    public bool Ended;
    public int Calls;
    public List<Shown> Shown = [];
    public List<string> Output = [];
    /// Variables and functions that the script has left behind.
    public List<string> Left = [];
}

/// The one cluster, and the one script that runs on it.
public static class Session
{
    public static World World = new();
    /// The node on which the block of Invoke-Command runs.
    public static Node? Here;
    /// The stand-ins' modules, each in a folder of its name.
    public static string Folder = "";
    public static string[] Modules = [];
    static readonly string? modulePath = Environment.GetEnvironmentVariable("PSModulePath");
    /// Of the real clock, that each wait lasts.
    public static int Milliseconds;
    static ScriptRequest request = new();
    static PowerShell? running;
    static int calls;
    static bool ended;
    static Dictionary<string, byte[]>? files;

    /// Before anything that a script does to the cluster, the clock included.
    public static void Tick(string what)
    {
        if (files != null) throw new PipelineStoppedException();
        if (++calls > 1_000_000) throw new InvalidOperationException($"{calls} calls: the script does not end");
        // Once: what runs after Ctrl-C is not interrupted again.
        if (ended || (calls != request.EndAtCall && World.Now < request.EndAtSeconds)) return;
        if (request.EndBy == "process")
        {
            File.WriteAllText(request.SaveTo, World.Save());
            Process.GetCurrentProcess().Kill();
            System.Threading.Thread.Sleep(-1);
        }
        if (request.EndBy == "kill") files = Directory.GetFiles(request.Folder).Where(path => !path.EndsWith(".lock")).ToDictionary(path => path, ReadShared);
        ended = true;
        running!.BeginStop(null, null);
        throw new PipelineStoppedException();
    }

    static readonly object gate = new();
    /// Calls of the administrator's script that wait for the clock, and the run that they belong to.
    static int waiting, runs;

    /// The administrator's script, from a runspace beside that of the runbook: it lasts as long as the cluster says.
    public static string Work(string node)
    {
        lock (gate)
        {
            var (run, from) = (runs, World.Now);
            var course = World.BeginWork(node);
            var entry = World.WorkTrace[^1];
            waiting++;
            System.Threading.Monitor.PulseAll(gate);
            try
            {
                while (World.Now < from + course.Seconds)
                {
                    System.Threading.Monitor.Wait(gate);
                    if (run != runs) throw new PipelineStoppedException();
                }
            }
            finally { waiting--; }
            (entry.EndSeconds, entry.Outcome) = (World.Now, course.Fate);
            if (course.Fate == "fails") throw new InvalidOperationException($"the update of {node} has failed");
            return course.Code == 0 ? "updated" : $"exit {course.Code}";
        }
    }

    /// The clock stands still until every other runspace waits for it, or has ended.
    static void Settle()
    {
        var list = (IEnumerable<Runspace>)typeof(Runspace).GetProperty("RunspaceList", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.GetValue(null)!;
        var others = list.Where(each => each != running?.Runspace && each.Id != 1).ToList();
        for (var tries = 0; tries < 5000 && others.Count(each => each.RunspaceAvailability == RunspaceAvailability.Busy) > waiting; tries++)
            System.Threading.Thread.Sleep(1);
    }

    public static void Sleep(double seconds)
    {
        Tick("Start-Sleep");
        Settle();
        System.Threading.Thread.Sleep(Milliseconds);
        lock (gate)
        {
            World.Advance(seconds);
            System.Threading.Monitor.PulseAll(gate);
        }
        Settle();
        if (World.Now > 40 * 86400) throw new InvalidOperationException("forty days have passed: the script does not end");
    }

    /// What the script holds open is read, too, but for what it holds for itself alone.
    static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    static void Restore()
    {
        // What the script held open is let go of, as when a process ends.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (files == null) return;
        foreach (var path in Directory.GetFiles(request.Folder)) File.Delete(path);
        foreach (var (path, content) in files) File.WriteAllBytes(path, content);
        files = null;
    }

    static object? Argument(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt32(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.Array => value.EnumerateArray().Select(Argument).ToArray(),
        _ => value.GetString(),
    };

    /// Variables, with the values of preferences, functions, and whether undefined variables are errors.
    static List<string> Names(Runspace runspace) =>
        PowerShell.Create(runspace).AddScript("""
            Get-Variable -Scope Global | Where-Object Name -NotIn '__arguments', 'LASTEXITCODE', 'StackTrace', '^', '$', '?', '_', 'PSItem', 'Matches' |
                ForEach-Object { '$' + $_.Name + $(if ($_.Name -like '*Preference') { ' ' + $_.Value }) }
            Get-ChildItem -Path function: | ForEach-Object { $_.Name }
            try { $null = $undefinedForSure; 'lax' } catch { 'strict' }
            """).Invoke().Select(each => each.ToString()).ToList();

    public static ScriptResult Run(ScriptRequest asked)
    {
        (request, calls, ended) = (asked, 0, false);
        var result = new ScriptResult();
        var host = new RecordingHost(result, new Queue<string>(asked.Answers));
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateAliasEntry("Get-Date", "Get-StandInDate"));
        state.Commands.Add(new SessionStateAliasEntry("Start-Sleep", "Start-StandInSleep"));
        state.Commands.Add(new SessionStateAliasEntry("Invoke-Command", "Invoke-StandInCommand"));
        state.ImportPSModule([Path.Combine(Folder, "Clock", "Clock")]);
        var there = Modules.Except(asked.Without).Select(name => Path.Combine(Folder, name)).Prepend(modulePath);
        Environment.SetEnvironmentVariable("PSModulePath", string.Join(Path.PathSeparator, there));
        using var runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        if (asked.Prelude != "") PowerShell.Create(runspace).AddScript(asked.Prelude).Invoke();
        if (asked.Constrained) runspace.SessionStateProxy.LanguageMode = PSLanguageMode.ConstrainedLanguage;
        var before = asked.Constrained ? [] : Names(runspace);
        var arguments = new Hashtable();
        foreach (var (key, value) in asked.Arguments) arguments[key] = Argument(value);
        using var shell = running = PowerShell.Create(runspace);
        runspace.SessionStateProxy.SetVariable("__arguments", arguments);
        shell.AddScript($"{(asked.DotSource ? "." : "&")} '{asked.Path.Replace("'", "''")}' @__arguments");
        try
        {
            result.Output = shell.Invoke().Select(each => each?.ToString() ?? "").ToList();
            // Of a script without exit: 0, as for -File.
            result.ExitCode = host.Exit ?? LanguagePrimitives.ConvertTo<int>(runspace.SessionStateProxy.GetVariable("LASTEXITCODE"));
        }
        catch (PipelineStoppedException) { }
        catch (RuntimeException error) { (result.Error, result.ExitCode) = (error.ErrorRecord.Exception.Message, 1); }
        lock (gate)
        {
            runs++;
            System.Threading.Monitor.PulseAll(gate);
        }
        foreach (var error in shell.Streams.Error) result.Shown.Add(new("error", error.ToString(), World.Now));
        result.Ended = ended;
        if (!asked.Constrained && !result.Ended) result.Left = Names(runspace).Except(before).ToList();
        result.Calls = calls;
        runspace.Close();
        Restore();
        return result;
    }
}

public class RecordingHost(ScriptResult result, Queue<string> answers) : PSHost
{
    public int? Exit;
    public override string Name => "RecordingHost";
    public override Version Version => new(1, 0);
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;
    public override PSHostUserInterface UI { get; } = new RecordingUi(result, answers);
    public override void EnterNestedPrompt() => throw new NotSupportedException();
    public override void ExitNestedPrompt() => throw new NotSupportedException();
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
    public override void SetShouldExit(int exitCode) => Exit = exitCode;
}

class RecordingUi(ScriptResult result, Queue<string> answers) : PSHostUserInterface
{
    void Add(string stream, string text) => result.Shown.Add(new(stream, text, Session.World.Now));

    public override PSHostRawUserInterface? RawUI => null;
    public override void Write(string value) => Add("host", value);
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Add("host", value);
    public override void WriteLine(string value) => Add("host", value);
    public override void WriteErrorLine(string value) => Add("error", value);
    public override void WriteWarningLine(string message) => Add("warning", message);
    public override void WriteDebugLine(string message) => Add("debug", message);
    public override void WriteVerboseLine(string message) => Add("verbose", message);
    public override void WriteProgress(long sourceId, ProgressRecord record) { }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Add("question", message);
        if (!answers.TryDequeue(out var answer)) throw new HostException("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
        return choices.ToList().FindIndex(choice => choice.Label.Replace("&", "").StartsWith(answer, StringComparison.OrdinalIgnoreCase));
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw new HostException("nothing to prompt");
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new HostException("no credential");
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes types, PSCredentialUIOptions options) => throw new HostException("no credential");
    public override string ReadLine() => throw new HostException("nothing to read");
    public override SecureString ReadLineAsSecureString() => throw new HostException("nothing to read");
}
