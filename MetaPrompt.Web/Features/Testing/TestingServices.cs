using MetaPrompt.Data.Models;
using MetaPrompt.Data.Tests;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>Registers what the test page needs.</summary>
public static class TestingServices
{
    /// <summary>Adds it; wants the database's, the prompts' and the models' services registered.</summary>
    public static void AddTesting(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<PresetQueries>();
        builder.Services.AddSingleton<TestTextQueries>();
        builder.Services.TryAddSingleton<TestCaseQueries>();
        builder.Services.TryAddSingleton<EarlierOutputQueries>();
    }
}
