using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class BudgetTests(TestDatabase database) : ModelTest, IClassFixture<TestDatabase>
{
    // With these a reservation of 0 estimated tokens is 100 read (nothing) and its answer's tokens at a cent each.
    private static readonly ModelSettings Own = ModelAbilitiesTests.OpenAi("gpt-4o") with { InputPricePerMillion = 0, OutputPricePerMillion = 10_000, KeyId = Guid.NewGuid() };
    private static readonly ModelSettings Site = Own with { Name = "Site's", KeyId = null };

    [Fact]
    public async Task Without_a_limit_nothing_is_written_and_nothing_refused()
    {
        var caller = await PersonAsync();

        Assert.Null(await Budget().ReserveAsync(caller, Own, 1000, null, Cancel));
        Assert.Null(await Budget().ReserveAsync(caller, Site with { InputPricePerMillion = null, OutputPricePerMillion = null }, 1000, null, Cancel));

        Assert.Equal(0, await database.OwnerScalarAsync<long>("select count(*) from public.spending where user_id = @id", ("id", caller.UserId)));
    }

    [Fact]
    public async Task The_most_is_reserved_and_what_it_did_cost_takes_its_place_once()
    {
        var caller = await PersonAsync(1);
        var budget = Budget();

        var reservation = await budget.ReserveAsync(caller, Own, 0, 60, Cancel);
        Assert.Equal((0.6m, 60), (reservation!.Amount, reservation.MaxOutputTokens));
        Assert.Equal(new SpendMeterData(0.6m, 1, 0, null), await budget.MeterAsync(caller, Cancel));

        await budget.SettleAsync(reservation, 0.25m);
        await budget.SettleAsync(reservation, 0);
        Assert.Equal(0.25m, (await budget.MeterAsync(caller, Cancel)).Spent);
    }

    [Fact]
    public async Task A_call_that_was_cut_off_stays_counted_with_the_most_it_could_cost()
    {
        var caller = await PersonAsync(1);
        var budget = Budget();

        await budget.SettleAsync(await budget.ReserveAsync(caller, Own, 0, 60, Cancel), null);

        Assert.Equal(0.6m, (await budget.MeterAsync(caller, Cancel)).Spent);
        var refused = await Assert.ThrowsAsync<ModelFailure>(() => budget.ReserveAsync(caller, Own, 0, 50, Cancel));
        Assert.Equal(FailureKind.OverBudget, refused.Kind);
        Assert.Contains("$1.00", refused.Message, StringComparison.Ordinal);
        Assert.Contains("$0.60", refused.Message, StringComparison.Ordinal);
        Assert.Contains("$0.50", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await budget.ReserveAsync(caller, Own, 0, 40, Cancel));
        Assert.Equal(1m, (await budget.MeterAsync(caller, Cancel)).Spent);
    }

    [Fact]
    public async Task Fifty_at_once_never_go_past_the_limit()
    {
        var caller = await PersonAsync(1);
        var budget = Budget(siteLimit: 0.5m);

        var own = Enumerable.Range(0, 50).Select(_ => TryAsync(Own, 0.07m));
        var site = Enumerable.Range(0, 50).Select(_ => TryAsync(Site, 0.07m));
        var outcomes = await Task.WhenAll(own.Concat(site));

        var taken = outcomes.Count(outcome => outcome);
        Assert.InRange(taken, 7, 14);
        var meter = await budget.MeterAsync(caller, Cancel);
        Assert.Equal(taken * 0.07m, meter.Spent);
        Assert.True(meter.Spent <= 1, $"{meter.Spent} is spent");
        Assert.True(meter.SpentBySite <= 0.5m, $"{meter.SpentBySite} is spent by the site");
        Assert.True(meter.Spent > 0.93m, "there was room for one more");

        async Task<bool> TryAsync(ModelSettings model, decimal amount)
        {
            try
            {
                return await budget.ReserveAsync(caller, model, 0, (int)(amount * 100), Cancel) is not null;
            }
            catch (ModelFailure failure) when (failure.Kind == FailureKind.OverBudget)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task The_sites_limit_holds_for_models_it_pays_and_ones_own_for_all()
    {
        var caller = await PersonAsync();
        var budget = Budget(siteLimit: 0.5m);

        Assert.Null(await budget.ReserveAsync(caller, Own, 0, 1000, Cancel));
        Assert.NotNull(await budget.ReserveAsync(caller, Site, 0, 30, Cancel));
        var refused = await Assert.ThrowsAsync<ModelFailure>(() => budget.ReserveAsync(caller, Site, 0, 30, Cancel));
        Assert.Contains("This site pays", refused.Message, StringComparison.Ordinal);
        Assert.Contains("key of your own", refused.Message, StringComparison.Ordinal);

        await Queries.SetLimitAsync(caller, 0.4m, Cancel);
        Assert.NotNull(await budget.ReserveAsync(caller, Own, 0, 10, Cancel));
        Assert.Contains("Your limit", (await Assert.ThrowsAsync<ModelFailure>(() => budget.ReserveAsync(caller, Own, 0, 1, Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(new SpendMeterData(0.4m, 0.4m, 0.3m, 0.5m), await budget.MeterAsync(caller, Cancel));
    }

    [Fact]
    public async Task With_a_limit_a_model_without_a_price_is_refused_and_a_free_one_is_not()
    {
        var caller = await PersonAsync(1);
        var unknown = Own with { InputPricePerMillion = null, OutputPricePerMillion = null };

        var mine = await Assert.ThrowsAsync<ModelFailure>(() => Budget().ReserveAsync(caller, unknown, 0, 10, Cancel));
        var sites = await Assert.ThrowsAsync<ModelFailure>(async () => await Budget(1).ReserveAsync(await PersonAsync(), unknown with { KeyId = null }, 0, 10, Cancel));

        Assert.Equal((FailureKind.NoPrice, FailureKind.NoPrice), (mine.Kind, sites.Kind));
        Assert.Contains("Enter its price on the page Models, or lift your limit", mine.Message, StringComparison.Ordinal);
        Assert.Contains("Ask whoever runs this MetaPrompt to enter its price", sites.Message, StringComparison.Ordinal);
        Assert.Null(await Budget().ReserveAsync(caller, Own with { OutputPricePerMillion = 0 }, 1000, null, Cancel));
    }

    [Fact]
    public async Task Where_nothing_bounds_the_answer_8192_tokens_are_reserved_and_to_be_asked_for()
    {
        var caller = await PersonAsync(1000);

        Assert.Equal(8192, (await Budget().ReserveAsync(caller, Own, 0, null, Cancel))!.MaxOutputTokens);
        Assert.Equal(50, (await Budget().ReserveAsync(caller, Own with { MaxOutputTokens = 50 }, 0, null, Cancel))!.MaxOutputTokens);
        Assert.Equal(50, (await Budget().ReserveAsync(caller, Own with { MaxOutputTokens = 50 }, 0, 70, Cancel))!.MaxOutputTokens);
        Assert.Equal(20, (await Budget().ReserveAsync(caller, Own with { MaxOutputTokens = 50 }, 0, 20, Cancel))!.MaxOutputTokens);
    }

    [Fact]
    public void Twice_the_estimated_tokens_and_some_are_reserved_and_never_rounded_down()
    {
        var model = Own with { InputPricePerMillion = 1, OutputPricePerMillion = 0.000001m };

        Assert.Equal(0.0021m + 0.00000001m, Web.Models.Budget.Worst(model, 1000, 1));
        Assert.Null(Web.Models.Budget.Worst(model with { InputPricePerMillion = null, OutputPricePerMillion = null }, 1000, 1));
    }

    [Fact]
    public void A_refusal_costs_nothing_and_of_what_broke_off_nobody_knows()
    {
        Assert.True(Web.Models.Budget.CostsNothing(FailureKind.RateLimited));
        Assert.True(Web.Models.Budget.CostsNothing(FailureKind.BadRequest));
        Assert.False(Web.Models.Budget.CostsNothing(FailureKind.TimedOut));
        Assert.False(Web.Models.Budget.CostsNothing(FailureKind.BrokenStream));
        Assert.False(Web.Models.Budget.CostsNothing(FailureKind.EmptyAnswer));
        Assert.False(Web.Models.Budget.CostsNothing(null));
    }

    [Fact]
    public async Task A_new_day_begins_with_nothing_spent_and_yesterdays_calls_settle_yesterday()
    {
        var caller = await PersonAsync(1);
        var budget = Budget();
        var late = await budget.ReserveAsync(caller, Own, 0, 60, Cancel);
        await database.OwnerAsync("update public.spending set day = day - 1 where user_id = @id", ("id", caller.UserId));

        Assert.Equal(0, (await budget.MeterAsync(caller, Cancel)).Spent);
        Assert.NotNull(await budget.ReserveAsync(caller, Own, 0, 100, Cancel));
        await Queries.SettleAsync(caller.UserId!.Value, late!.Day.AddDays(-1), late.Amount, 0.1m, false, Cancel);

        Assert.Equal(1, (await budget.MeterAsync(caller, Cancel)).Spent);
        Assert.Equal(0.1m, await database.OwnerScalarAsync<decimal>("select spent from public.spending where user_id = @id order by day limit 1", ("id", caller.UserId)));
    }

    [Fact]
    public async Task A_limit_is_set_changed_and_lifted_by_its_person_and_nobody_else_spends_for_them()
    {
        var caller = await PersonAsync(1);
        var other = await PersonAsync();

        await Queries.SetLimitAsync(caller, 2.5m, Cancel);
        Assert.Equal(2.5m, (await Queries.TodayAsync(caller, Cancel)).DailyLimit);
        Assert.Null((await Queries.TodayAsync(other, Cancel)).DailyLimit);
        await Queries.SetLimitAsync(caller, null, Cancel);
        Assert.Null((await Queries.TodayAsync(caller, Cancel)).DailyLimit);
        await Assert.ThrowsAsync<PostgresException>(() => Queries.SetLimitAsync(caller, -1, Cancel));
        await Assert.ThrowsAsync<PostgresException>(() => Queries.SetLimitAsync(caller, 100_001, Cancel));
    }

    [Fact]
    public async Task Nothing_may_be_sent_while_the_database_is_away()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=a;Password=b;Timeout=1");
        var budget = new Budget(new BudgetQueries(new Data.Database.Db(nowhere)), new(), NullLogger<Budget>.Instance);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => budget.ReserveAsync(Caller.User(Guid.NewGuid()), Own, 1, 1, Cancel));
        // What was spent cannot be told either, and stays reserved.
        await budget.SettleAsync(new Reservation(Guid.NewGuid(), default, 1, false, 1), 0.5m);
    }

    [Theory]
    [InlineData("2.5", "2.5")]
    [InlineData("0", "0")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_sites_limit_is_read(string? given, string? limit) => Assert.Equal(limit is null ? null : decimal.Parse(limit, System.Globalization.CultureInfo.InvariantCulture), Settings(given).PerPersonPerDay);

    [Theory]
    [InlineData("-1")]
    [InlineData("2,5")]
    [InlineData("much")]
    public void A_wrong_limit_stops_the_start(string given) =>
        Assert.Equal("Budget:PerPersonPerDay", Assert.Throws<SettingsException>(() => Settings(given)).Setting);

    private BudgetQueries Queries => new(database.Db);

    private static BudgetSettings Settings(string? given) =>
        BudgetSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Budget:PerPersonPerDay"] = given }).Build());

    private Budget Budget(decimal? siteLimit = null) => new(Queries, new() { PerPersonPerDay = siteLimit }, NullLogger<Budget>.Instance);

    private async Task<Caller> PersonAsync(decimal? limit = null)
    {
        var caller = Caller.User(await database.CreateUserAsync());
        if (limit is not null)
            await Queries.SetLimitAsync(caller, limit, Cancel);
        return caller;
    }
}
