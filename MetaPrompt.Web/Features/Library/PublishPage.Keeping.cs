using System.Text.Json;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Library;

/// <content>The browser keeps what was filled in until it is published: a lost connection or a closed tab loses none of it.</content>
public sealed partial class PublishPage
{
    private const string CategoryField = "category";
    private const string NoteField = "note";

    private KeptFields? _kept;

    private string KeptName => $"publish:{_caller.UserId:N}:{Id:N}";

    private async Task OpenedAsync(KeptText? kept)
    {
        if (kept is null)
            return;
        if (kept.Fields.TryGetValue(CategoryField, out var category))
            _category = CleanText.Cut(CleanText.Of(category), PublishTerms.MaxCategory);
        if (kept.Fields.TryGetValue(NoteField, out var note))
            _note = CleanText.Of(note);
        if (Chosen.Read(kept.Note) is { } chosen)
        {
            _visibility = chosen.Visibility;
            _tags = chosen.Tags.Aggregate((IReadOnlyList<string>)[], (tags, tag) => PublishTerms.Add(tags, tag).Tags);
        }

        StateHasChanged();
        // What is written next writes this beside it.
        await KeepAsync();
    }

    private Task ChooseAsync(PromptVisibility visibility)
    {
        _visibility = visibility;
        return KeepAsync();
    }

    private Task CategorizeAsync(string category)
    {
        _category = category;
        return KeepAsync();
    }

    private Task TagAsync(IReadOnlyList<string> tags)
    {
        _tags = tags;
        return KeepAsync();
    }

    private async Task KeepAsync()
    {
        if (_kept is not null)
            await _kept.NoteAsync(JsonSerializer.Serialize(new Chosen(_visibility, [.. _tags])));
    }

    /// <summary>What is chosen and stands in no field.</summary>
    private sealed record Chosen(PromptVisibility Visibility, string[] Tags)
    {
        public static Chosen? Read(string? note)
        {
            try
            {
                return JsonSerializer.Deserialize<Chosen>(note ?? "null") is { Tags: not null } chosen && Enum.IsDefined(chosen.Visibility)
                    ? chosen with { Tags = [.. chosen.Tags.Where(tag => tag is not null)] } : null;
            }
            catch (JsonException)
            {
                // Somebody else's text: the fields alone count.
                return null;
            }
        }
    }
}
