namespace MetaPrompt.Web.Features.Library;

/// <summary>What stands behind the verb <c>import</c> on the command line.</summary>
public sealed record ImportArguments
{
    /// <summary>How the verb is written; shown with every complaint.</summary>
    public const string Usage = "import FILE --owner EMAIL [--publish [--category NAME]]";

    /// <summary>A path.</summary>
    public required string File { get; init; }

    /// <summary>Whose prompts they become.</summary>
    public required string Owner { get; init; }

    /// <summary>Whether they are put into the gallery too.</summary>
    public bool Publish { get; init; }

    /// <summary>Their category in the gallery.</summary>
    public string? Category { get; init; }

    /// <summary>Reads the arguments that follow the verb, in any order; "--owner EMAIL" and "--owner=EMAIL" are the same.</summary>
    /// <exception cref="FormatException">One is missing or not known; the message says which and shows the usage.</exception>
    public static ImportArguments Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        string? file = null, owner = null, category = null;
        var publish = false;
        for (var at = 0; at < arguments.Count; at++)
        {
            var (name, value) = Split(arguments[at]);
            string Value() => value ?? (++at < arguments.Count ? arguments[at] : throw Wrong($"{name} needs a value."));
            switch (name)
            {
                case "--owner":
                    owner = Value();
                    break;
                case "--category":
                    category = Value();
                    break;
                case "--publish" when value is null:
                    publish = true;
                    break;
                case ['-', _, ..]:
                    throw Wrong($"{arguments[at]} is not known.");
                default:
                    file = file is null ? arguments[at] : throw Wrong($"There are two files, {file} and {arguments[at]}; import one at a time.");
                    break;
            }
        }

        return new ImportArguments
        {
            File = file ?? throw Wrong("The file is missing."),
            Owner = owner ?? throw Wrong("Whose prompts are they? Name the account with --owner."),
            Publish = publish,
            Category = category,
        };
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return argument.StartsWith("--", StringComparison.Ordinal) && equals > 0 ? (argument[..equals], argument[(equals + 1)..]) : (argument, null);
    }

    private static FormatException Wrong(string what) => new($"{what} Usage: {Usage}");
}
