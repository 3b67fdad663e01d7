using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>A database with an administrator and somebody who is none.</summary>
public sealed class WatchedDatabase : IAsyncLifetime
{
    /// <summary>The database.</summary>
    public TestDatabase Database { get; } = new();

    /// <summary>Who may look.</summary>
    public Caller Administrator { get; private set; }

    /// <summary>Who may not.</summary>
    public Caller Person { get; private set; }

    /// <summary>Their address.</summary>
    public string PersonEmail { get; } = $"{Guid.NewGuid():N}@example.test";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Administrator = Caller.User(await Database.CreateUserAsync(name: "Ad Ministrator"));
        Person = Caller.User(await Database.CreateUserAsync(PersonEmail, "Per Son"));
        await Database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", Administrator.UserId));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
