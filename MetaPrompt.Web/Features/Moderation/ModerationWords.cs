using System.Globalization;

namespace MetaPrompt.Web.Features.Moderation;

/// <summary>Words for reasons and decisions.</summary>
public static class ModerationWords
{
    /// <summary>The most characters of what a person adds to a report, and of a reason.</summary>
    public const int MaxDetails = 1000;

    /// <summary>The reasons a person chooses from, as the database knows them, with what each means.</summary>
    public static IReadOnlyList<(string Key, string Name, string Help)> Reasons { get; } =
    [
        ("spam", "Spam", "Advertising, nonsense, or the same thing many times over."),
        ("harmful", "Harmful or illegal", "Helps to hurt, deceive or steal, or breaks the law."),
        ("personal_data", "Personal data or secrets", "Names, addresses, keys or passwords that are nobody else’s business."),
        ("copyright", "Copyright", "Somebody else’s text without their consent."),
        ("broken", "Misleading or broken", "Does not do what it says, or does not work at all."),
        ("other", "Something else", "Say below what it is."),
    ];

    /// <summary>Ready reasons for hiding; a moderator writes their own as well.</summary>
    public static IReadOnlyList<string> HideReasons { get; } =
    [
        "It advertises instead of helping.",
        "It helps to hurt or deceive people.",
        "It shows personal data or a secret.",
        "It is somebody else’s text.",
        "It does not do what it says.",
    ];

    /// <summary>The reason's name; as it is where it is unknown.</summary>
    public static string Reason(string key) => Reasons.FirstOrDefault(reason => reason.Key == key).Name ?? key;

    /// <summary>What was done, in the past.</summary>
    public static string Did(string action) => action switch
    {
        "hide" => "Hidden",
        "dismiss" => "Dismissed",
        "restore" => "Restored",
        "undo" => "Undone",
        "review" => "Review requested",
        _ => action,
    };

    /// <summary>Why: the words given; for an undoing what was undone.</summary>
    public static string Why(string action, string reason) => action == "undo" ? $"What was undone: {Did(reason).ToLowerInvariant()}" : reason;

    /// <summary>A time to read.</summary>
    public static string Time(DateTime time) => time.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>How long to wait.</summary>
    public static string Wait(DateTime? until, DateTime now) => until is not { } time ? "Try again tomorrow."
        : (time - now).TotalMinutes < 90 ? string.Create(CultureInfo.InvariantCulture, $"You can send the next one in {Math.Max(1, (int)Math.Ceiling((time - now).TotalMinutes))} minutes.")
        : string.Create(CultureInfo.InvariantCulture, $"You can send the next one in {(int)Math.Ceiling((time - now).TotalHours)} hours.");
}
