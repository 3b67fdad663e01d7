using MetaPrompt.Data.Collections;
using MetaPrompt.Data.Templates;
using Npgsql;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>Refusals of the database: a word for the address, and a sentence for the page.</summary>
internal static class CollectionProblem
{
    /// <summary>The word for it; null where it is no rule that people can break.</summary>
    public static string? Of(PostgresException refused) => (refused.SqlState, refused.ConstraintName) switch
    {
        (PostgresErrorCodes.UniqueViolation, _) => "taken",
        (PostgresErrorCodes.CheckViolation, CollectionQueries.Limit) => "collections",
        (PostgresErrorCodes.CheckViolation, CollectingQueries.Limit) => "full",
        (PostgresErrorCodes.CheckViolation, FollowQueries.Limit) => "limit",
        (PostgresErrorCodes.CheckViolation, _) => "name",
        (PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ForeignKeyViolation, _) => "gone",
        _ => null,
    };

    /// <summary>What the page says.</summary>
    public static string Words(string problem) => problem switch
    {
        "taken" => "You have a collection of that name already. Choose another name.",
        "collections" => "You have 200 collections, and that is the most. Delete one first.",
        "full" => "A collection holds at most 1,000 templates, and this one is full.",
        "limit" => "You follow 1,000 authors, and that is the most. Stop following somebody first.",
        "name" => "A collection needs a name of at most 100 characters.",
        "gone" => "That is no longer public.",
        _ => "That did not work.",
    };
}
