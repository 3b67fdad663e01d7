using System.Runtime.CompilerServices;
using Bunit;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>How long a component test waits for what it expects: a second is short on a machine that builds beside it.</summary>
internal static class PatientWaits
{
    [ModuleInitializer]
    internal static void Begin() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
}
