using MetaPrompt.Tests.Bench;
using MetaPrompt.Tests.Faults;
using MetaPrompt.Tests.Infrastructure;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace MetaPrompt.Tests;

/// <summary>Runs the tests; with <c>bench</c> as first argument the measurements instead, with <c>bench-data</c> and sizes
/// the generated galleries to look into.</summary>
internal static class TestProgram
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["bench", .. var names] => Benchmarks.RunAsync(names),
        ["bench-data", .. var sizes] => BenchServer.HoldAsync(sizes),
        [DatabaseHost.Verb, var folder] => DatabaseHost.RunAsync(folder),
        [RunnerProcess.Verb, var connection, var person, var prompt, var run, var openAi, var anthropic] =>
            RunnerProcess.RunAsync(connection, Guid.Parse(person), Guid.Parse(prompt), Guid.Parse(run), openAi, anthropic),
        [SaverProcess.Verb, var connection, var person] => SaverProcess.RunAsync(connection, Guid.Parse(person)),
        _ when args.Any(argument => argument is "-automated" or "@@") => ConsoleRunner.Run(args),
        _ => TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    };
}
