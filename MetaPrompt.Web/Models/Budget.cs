using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Models;

namespace MetaPrompt.Web.Models;

/// <summary>The setting <c>Budget:PerPersonPerDay</c>.</summary>
public sealed record BudgetSettings
{
    private const string Setting = "Budget:PerPersonPerDay";

    /// <summary>US dollars that this site pays for one person from 00:00 to 24:00 UTC; null without a limit.</summary>
    public decimal? PerPersonPerDay { get; init; }

    /// <summary>Reads it.</summary>
    /// <exception cref="SettingsException">It is no amount.</exception>
    public static BudgetSettings Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[Setting]?.Trim() is not { Length: > 0 } text)
            return new();

        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit)
            ? new() { PerPersonPerDay = limit }
            : throw new SettingsException(Setting, $"'{text}' is no amount. Write US dollars with a point, 2.5 for instance, or leave it out for no limit.");
    }
}

/// <summary>What a call may cost at most, counted before it is sent.</summary>
public sealed class Reservation
{
    private int _settled;

    internal Reservation(Guid userId, DateOnly day, decimal amount, bool paidBySite, int maxOutputTokens)
    {
        UserId = userId;
        Day = day;
        Amount = amount;
        PaidBySite = paidBySite;
        MaxOutputTokens = maxOutputTokens;
    }

    /// <summary>US dollars.</summary>
    public decimal Amount { get; }

    /// <summary>The day (UTC) it counts for, whenever the call ends.</summary>
    public DateOnly Day { get; }

    /// <summary>The limit the answer was reserved with: send it with the call, or the reservation means nothing.</summary>
    public int MaxOutputTokens { get; }

    internal Guid UserId { get; }

    internal bool PaidBySite { get; }

    /// <summary>True for the first who asks.</summary>
    internal bool TakeSettlement() => Interlocked.Exchange(ref _settled, 1) == 0;
}

/// <summary>
/// Keeps to what a person may spend in a day: their own limit for everything, and this site's for models it pays. Reserve
/// before each call, settle after it; a call that is never settled counts with the most it could cost.
/// </summary>
public sealed class Budget(BudgetQueries queries, BudgetSettings settings, ILogger<Budget> log)
{
    /// <summary>What is asked for and reserved where a limit applies and nothing else bounds the answer.</summary>
    public const int DefaultOutputTokens = 8192;

    // Tokens are estimated with one vocabulary; others need more for the same text, and APIs add some around a message.
    private const int Margin = 2;
    private const int Around = 100;

    /// <summary>What this site pays for one person and day; null without a limit.</summary>
    public decimal? SiteLimit => settings.PerPersonPerDay;

    /// <summary>
    /// Reserves the most the call can cost, in one query; null where no limit applies or the model is free, and nothing was
    /// written then. The answer must be asked for with <see cref="Reservation.MaxOutputTokens"/>.
    /// </summary>
    /// <param name="caller">The signed-in person.</param>
    /// <param name="model">Who answers.</param>
    /// <param name="inputTokens">Of prompt and system message, as estimated; twice as many and some are reserved.</param>
    /// <param name="maxOutputTokens">The answer's limit where there is one; the model's own applies besides.</param>
    /// <param name="cancellationToken">Gives up waiting; what was reserved by then stays counted.</param>
    /// <exception cref="ModelFailure">
    /// <see cref="FailureKind.OverBudget"/> or <see cref="FailureKind.NoPrice"/>, with what to do. Nothing was reserved.
    /// </exception>
    /// <exception cref="Npgsql.NpgsqlException">The database is away: nothing may be sent.</exception>
    public async Task<Reservation?> ReserveAsync(
        Caller caller, ModelSettings model, int inputTokens, int? maxOutputTokens, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (caller.UserId is not { } userId)
            throw new ArgumentException("A budget belongs to a signed-in person.", nameof(caller));

        var output = Smaller(maxOutputTokens, model.MaxOutputTokens) ?? DefaultOutputTokens;
        var amount = Worst(model, inputTokens, output);
        var outcome = await queries.ReserveAsync(userId, amount, !model.IsOwn, settings.PerPersonPerDay, cancellationToken).ConfigureAwait(false);
        return outcome.Outcome switch
        {
            SpendOutcome.Unlimited => null,
            SpendOutcome.Reserved => new Reservation(userId, outcome.Day, amount!.Value, !model.IsOwn, output),
            SpendOutcome.NoPrice => throw NoPrice(model, outcome),
            _ => throw OverBudget(model, outcome, amount!.Value),
        };
    }

    /// <summary>
    /// Puts what the call did cost in the place of what was reserved; null for either changes nothing, and a second time does
    /// nothing. A database that is away is logged: the reservation then stays counted.
    /// </summary>
    /// <param name="reservation">From <see cref="ReserveAsync"/>.</param>
    /// <param name="actualCost">US dollars; 0 where nothing was sent or the provider refused; null where unknown.</param>
    public async Task SettleAsync(Reservation? reservation, decimal? actualCost)
    {
        if (reservation is null || actualCost is not { } actual || !reservation.TakeSettlement())
            return;

        try
        {
            await queries.SettleAsync(reservation.UserId, reservation.Day, reservation.Amount, Math.Max(actual, 0), reservation.PaidBySite, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            log.LogWarning(problem, "What a call cost could not be settled; the most it could cost stays counted");
        }
    }

    /// <summary>
    /// Whether a call that failed so was not paid for: it was not sent, or its provider refused it before it began to answer.
    /// Of what timed out or broke off nobody knows.
    /// </summary>
    public static bool CostsNothing(FailureKind? failure) => failure is
        FailureKind.RefusedKey or FailureKind.NoCredit or FailureKind.RateLimited or FailureKind.ModelNotFound or FailureKind.ContextTooLong
        or FailureKind.TemperatureRefused or FailureKind.BadRequest or FailureKind.Unreachable or FailureKind.NotStarted or FailureKind.NoModel
        or FailureKind.OverBudget or FailureKind.NoPrice or FailureKind.EndpointRefused;

    /// <summary>The caller's limits and what they spent today.</summary>
    public async Task<SpendMeterData> MeterAsync(Caller caller, CancellationToken cancellationToken)
    {
        var today = await queries.TodayAsync(caller, cancellationToken).ConfigureAwait(false);
        return new(today.Spent, today.DailyLimit, today.SpentBySite, settings.PerPersonPerDay);
    }

    /// <summary>What a call can cost at most; null where a price is unknown.</summary>
    internal static decimal? Worst(ModelSettings model, int inputTokens, int outputTokens)
    {
        var input = (int)Math.Min(((long)Math.Max(inputTokens, 0) * Margin) + Around, int.MaxValue);
        // The column has eight digits; rounding must not make a reservation smaller than its call.
        return model.Cost(input, outputTokens) is { } cost ? Math.Ceiling(cost * 100_000_000m) / 100_000_000m : null;
    }

    private static string Dollars(decimal amount) => amount is > 0 and < 0.01m
        ? "$" + amount.ToString("0.00####", CultureInfo.InvariantCulture)
        : "$" + amount.ToString("N2", CultureInfo.InvariantCulture);

    private static int? Smaller(int? left, int? right) => left is { } a && right is { } b ? Math.Min(a, b) : left ?? right;

    private static ModelFailure NoPrice(ModelSettings model, SpendOutcome outcome) => new(FailureKind.NoPrice, model.IsOwn
        ? $"What {model.Name} costs is unknown, so your daily limit could not be kept. Enter its price on the page Models, or lift your limit there. Nothing was sent."
        : $"What {model.Name} costs is unknown, so {(outcome.OwnLimit is null ? "this site's" : "your")} daily limit could not be kept. Ask whoever runs this MetaPrompt to enter its price{(outcome.OwnLimit is null ? "" : ", lift your limit on the page Models")}, or choose another model. Nothing was sent.");

    private static ModelFailure OverBudget(ModelSettings model, SpendOutcome outcome, decimal amount) => new(FailureKind.OverBudget,
        outcome.Outcome == SpendOutcome.OverOwn
            ? $"Your limit for today is {Dollars(outcome.OwnLimit ?? 0)}: {Dollars(outcome.Spent ?? 0)} is spent or set aside, and {model.Name} could cost up to {Dollars(amount)} more. Ask for a shorter answer, raise your limit on the page Models, or wait until 00:00 UTC. Nothing was sent."
            : $"This site pays a limited amount for each person and day: {Dollars(outcome.SpentBySite ?? 0)} of yours is spent or set aside, and {model.Name} could cost up to {Dollars(amount)} more. Ask for a shorter answer, use a key of your own (page Models), or wait until 00:00 UTC. Nothing was sent.");
}

/// <summary>US dollars of today (UTC).</summary>
/// <param name="Spent">Spent or set aside with all models; counted only while a limit applies.</param>
/// <param name="Limit">The person's own limit; null without one.</param>
/// <param name="SpentBySite">The part that this site pays.</param>
/// <param name="SiteLimit">What this site pays at most; null without a limit.</param>
public sealed record SpendMeterData(decimal Spent, decimal? Limit, decimal SpentBySite, decimal? SiteLimit);
