using System.Reflection;
using System.Runtime.CompilerServices;
using Bunit;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>How long a component test waits for what it expects: a second is short on a machine that builds beside it.</summary>
internal static class PatientWaits
{
    // A measured program loads this assembly too (StartupHook), and has no bUnit.
    [ModuleInitializer]
    internal static void Begin()
    {
        if (Assembly.GetEntryAssembly() == typeof(PatientWaits).Assembly)
            WaitPatiently();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WaitPatiently() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
}
