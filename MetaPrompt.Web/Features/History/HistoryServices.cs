using MetaPrompt.Data.Tests;

namespace MetaPrompt.Web.Features.History;

/// <summary>Registers what the pages of results need.</summary>
public static class HistoryServices
{
    /// <summary>Adds it; wants the database and MudBlazor's services registered.</summary>
    public static void AddHistory(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<ResultListQueries>();
        builder.Services.AddSingleton<ResultQueries>();
        builder.Services.AddSingleton<ResultLinkQueries>();
        builder.Services.AddSingleton<ResultRateQueries>();
        builder.Services.AddScoped<ResultActions>();
    }
}
