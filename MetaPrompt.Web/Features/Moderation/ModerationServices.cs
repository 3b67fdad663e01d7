using MetaPrompt.Data.Moderation;

namespace MetaPrompt.Web.Features.Moderation;

/// <summary>Registers and maps reporting and moderation.</summary>
public static class ModerationServices
{
    /// <summary>Adds the query classes.</summary>
    public static void AddModeration(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<ReportQueries>();
        builder.Services.AddSingleton<ModerationQueries>();
    }
}
