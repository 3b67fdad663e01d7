using MetaPrompt.Data.Prompts;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Words for why a label was not taken.</summary>
internal static class LabelRefusal
{
    /// <summary>What to do instead; null where it is no refusal of these rules.</summary>
    public static string? Refused(PostgresException refusal) => refusal switch
    {
        { SqlState: PostgresErrorCodes.StringDataRightTruncation } => $"A label may have {LabelQueries.LongestName} characters. Shorten it.",
        { ConstraintName: "labels_name_is_trimmed" } => "A label needs a name.",
        { ConstraintName: "labels_limit" } => $"{LabelQueries.MostLabels} labels are the most. Delete one that you do not need any more.",
        { ConstraintName: "labels_user_id_name_key" } => "There is a label of that name already.",
        _ => null,
    };
}
