using MetaPrompt.Tests.Infrastructure;
using NpgsqlTypes;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>A template of the gallery as a test wants it, with counters and times that no person could write.</summary>
internal sealed record Planted
{
    public Guid Id { get; init; } = Guid.NewGuid();
    public Guid PromptId { get; } = Guid.NewGuid();
    public required Guid Author { get; init; }
    public string Title { get; init; } = "A title";
    public string Goal { get; init; } = "Nothing in particular";
    public string Template { get; init; } = "Text";
    public string? Category { get; init; }
    public string[] Tags { get; init; } = [];
    public int Likes { get; init; }
    public int Uses { get; init; }
    public bool IsPublic { get; init; } = true;
    public DateTime PublishedAt { get; init; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Puts templates into the gallery, past every policy; the triggers do the rest.</summary>
    public static async Task PlantAsync(TestDatabase database, IReadOnlyList<Planted> templates)
    {
        // Arrays of arrays cannot be parameters: tags never contain the sign that joins them here.
        await using var command = database.OwnerDataSource.CreateCommand(
            """
            with rows as (
              select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::int[],
                $11::bool[], $12::timestamptz[])
                as r (id, prompt_id, user_id, title, goal, template, category, tags, likes, uses, is_public, published_at)
            ), written as (
              insert into public.prompts (id, user_id, title, goal, template, is_public)
              select prompt_id, user_id, title, goal, template, is_public from rows
              returning id
            )
            insert into public.prompt_templates (id, prompt_id, user_id, category, tags, likes_count, uses_count, created_at)
            select r.id, r.prompt_id, r.user_id, r.category, coalesce(string_to_array(nullif(r.tags, ''), '|'), '{}'), r.likes, r.uses, r.published_at
            from rows r join written w on w.id = r.prompt_id
            """);
        command.Parameters.AddWithValue(templates.Select(t => t.Id).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.PromptId).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.Author).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.Title).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.Goal).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.Template).ToArray());
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, templates.Select(t => t.Category).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => string.Join('|', t.Tags)).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.Likes).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.Uses).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.IsPublic).ToArray());
        command.Parameters.AddWithValue(templates.Select(t => t.PublishedAt).ToArray());
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Puts one template into the gallery and returns its id.</summary>
    public async Task<Guid> PlantAsync(TestDatabase database)
    {
        await PlantAsync(database, [this]);
        return Id;
    }
}
