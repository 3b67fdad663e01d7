namespace MetaPrompt.Web.Features.Models;

/// <summary>Registers what the page of models needs.</summary>
public static class ModelPageServices
{
    /// <summary>Adds it; wants the models' and MudBlazor's services registered.</summary>
    public static void AddModelPage(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddScoped<KeyActions>();
    }
}
