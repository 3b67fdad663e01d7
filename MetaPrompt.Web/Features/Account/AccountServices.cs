using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Database;
using MetaPrompt.Web.Features.Account.Mail;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Registers accounts, sessions, mails and the key ring.</summary>
public static class AccountServices
{
    /// <summary>How long a session lasts after its last visit.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(14);

    /// <summary>
    /// Adds accounts: Supabase's where <c>Supabase:Url</c> is set, else local ones. Wants <see cref="Db"/> and
    /// <see cref="NpgsqlDataSource"/> (the app login's) registered. Call it after <c>AddRazorComponents()</c>, whose
    /// authentication of circuits it replaces.
    /// </summary>
    /// <exception cref="SettingsException">The settings <c>Supabase</c> or <c>Mail</c> are half given or wrong.</exception>
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var supabase = SupabaseSettings.Read(builder.Configuration);
        var mail = MailSettings.Read(builder.Configuration);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AccountTimes>();
        services.TryAddSingleton<AccountLimits>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<SignInFailures>();
        services.AddSingleton<SessionQueries>();
        services.AddSingleton<ProfileQueries>();
        services.AddSingleton<AvatarQueries>();
        services.AddSingleton<AccountQueries>();
        services.AddSingleton<AccountImportQueries>();
        services.AddSingleton<AccountImport>();
        services.AddSingleton<SessionGuard>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<ClientThrottle>();
        services.AddSingleton<MailLinks>();
        services.AddScoped<AccountRequest>();
        services.AddHostedService<AccountHousekeeping>();

        if (supabase is not null)
        {
            services.AddHttpClient<SupabaseAccounts>(http => SupabaseAccounts.Configure(http, supabase.Url, supabase.PublishableKey))
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
                {
                    // A redirect would carry passwords to wherever it points.
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                })
                // One client for the program's life; its handler looks the name up again every few minutes.
                .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
            services.AddSingleton<IAccounts>(provider => provider.GetRequiredService<SupabaseAccounts>());
            services.AddSingleton<IRemoteSessions>(provider => provider.GetRequiredService<SupabaseAccounts>());
        }
        else
        {
            services.AddSingleton<Passwords>();
            services.AddSingleton<IAccounts, LocalAccounts>();
        }

        AddMail(services, mail);
        AddSignIn(services);
        AddKeyRing(services);
    }

    private static void AddMail(IServiceCollection services, MailSettings? mail)
    {
        if (mail is null)
        {
            services.AddSingleton<IAccountMail, LoggedMail>();
            return;
        }

        services.AddSingleton(mail);
        services.AddSingleton<Mailer>();
        services.AddHostedService(provider => provider.GetRequiredService<Mailer>());
        services.AddSingleton<IAccountMail, AccountMail>();
    }

    private static void AddSignIn(IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "metaprompt.session";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = SessionLifetime;
            options.SlidingExpiration = true;
            options.LoginPath = "/login";
            options.AccessDeniedPath = "/login";
            options.ReturnUrlParameter = "returnUrl";
            options.EventsType = typeof(SessionCookieEvents);
        });
        services.AddSingleton<SessionCookieEvents>();
        services.AddAuthorization();
        services.AddAntiforgery(options => options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitSession>();
    }

    private static void AddKeyRing(IServiceCollection services)
    {
        // The name is part of every key's purpose: it must not follow the folder the program happens to run from.
        services.AddDataProtection().SetApplicationName("MetaPrompt");
        services.AddOptions<KeyManagementOptions>()
            .Configure<NpgsqlDataSource>((options, dataSource) => options.XmlRepository = new DatabaseKeyRing(dataSource));
    }
}
