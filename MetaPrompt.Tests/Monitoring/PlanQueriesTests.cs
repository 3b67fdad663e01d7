using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

public sealed class PlanQueriesTests(PlanQueriesTests.WithAdministrator fixture) : IClassFixture<PlanQueriesTests.WithAdministrator>
{
    // What cannot be planned by an administrator's page, and why.
    private static readonly Dictionary<string, PlanProblem> WithoutPlan = new()
    {
        // Runs with the owner's login.
        ["administrators.make"] = PlanProblem.OtherRights,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_statement_of_the_program_has_a_plan_or_a_reason_for_none()
    {
        var without = new Dictionary<string, PlanProblem>();
        foreach (var name in KnownStatements.Names)
        {
            var (plan, problem) = await fixture.Plans.ExplainAsync(fixture.Administrator, name, Stop);
            if (problem is { } reason)
                without.Add(name, reason);
            else
                Assert.NotEmpty(plan!.Steps);
        }

        Assert.True(KnownStatements.Names.Count() > 150);
        Assert.True(Tell(WithoutPlan) == Tell(without), Tell(without));
    }

    private static string Tell(Dictionary<string, PlanProblem> without) =>
        string.Join('\n', without.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>A database with somebody who may look.</summary>
    public sealed class WithAdministrator : IAsyncLifetime
    {
        public TestDatabase Database { get; } = new();

        public Caller Administrator { get; private set; }

        public PlanQueries Plans => new(Database.AppDataSource);

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Administrator = Caller.User(await Database.CreateUserAsync(name: "Ad Ministrator"));
            await Database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", Administrator.UserId));
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
