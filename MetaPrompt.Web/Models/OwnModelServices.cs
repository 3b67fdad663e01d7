using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MetaPrompt.Web.Models;

/// <summary>What a host does to let people use keys of their own and to keep budgets.</summary>
public static class OwnModelServices
{
    /// <summary>Reads <c>OwnKeys</c> and <c>Budget</c>. Wants the database's services.</summary>
    /// <exception cref="SettingsException">A setting is wrong; the message names it.</exception>
    public static void AddOwnModels(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var guard = new EndpointGuard(EndpointRules.Read(builder.Configuration));
        var services = builder.Services;
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(guard);
        services.AddSingleton(BudgetSettings.Read(builder.Configuration));
        services.AddSingleton<ProviderKeyQueries>();
        services.AddSingleton<KeyModelQueries>();
        services.AddSingleton<BudgetQueries>();
        services.AddSingleton<EarlierOutputQueries>();
        var secret = KeyVault.Read(builder.Configuration);
        services.AddSingleton(provider => new KeyVault(provider.GetRequiredService<IDataProtectionProvider>(), secret));
        services.AddSingleton<OwnModels>();
        services.AddSingleton<OwnKeys>();
        services.AddSingleton<Budget>();
    }
}
