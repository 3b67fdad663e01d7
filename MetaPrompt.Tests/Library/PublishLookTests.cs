using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Features.Library;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class PublishLookTests
{
    [Fact]
    public void Nothing_speaks_against_a_plain_prompt() => Assert.Null(PublishLook.At(Prompt("Write about {{topic}}."), []).Reason);

    [Fact]
    public void What_looks_secret_stops_it_and_is_quoted() =>
        Assert.Contains("sk-proj-", PublishLook.At(Prompt("Use sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"), []).Reason, StringComparison.Ordinal);

    [Fact]
    public void What_a_moderator_hid_is_stopped_whatever_else_it_is() =>
        Assert.Contains("moderator", PublishLook.At(Prompt("A text") with { HiddenAt = DateTime.UtcNow }, []).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(true, false, "Somebody else has published this very text: “Theirs”.")]
    [InlineData(true, true, "The gallery has nearly this already: “Theirs”, by you.")]
    [InlineData(false, false, "The gallery has nearly this already: “Theirs”.")]
    public void A_near_duplicate_stops_it_and_is_named(bool same, bool own, string reason)
    {
        var prompt = Prompt("A text");
        NearPrompt[] near = [new() { PromptId = prompt.Id, TemplateId = Guid.NewGuid(), Title = "Theirs", SameText = same, IsOwn = own }];
        Assert.Equal(reason, PublishLook.At(prompt, near).Reason);
    }

    [Fact]
    public void What_is_public_already_is_neither_stopped_nor_published_again()
    {
        var look = PublishLook.At(Prompt("A text with sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH") with { IsPublic = true }, []);
        Assert.Equal((null, true), (look.Reason, look.IsPublic));
    }

    private static Prompt Prompt(string template) => new()
    {
        Id = Guid.NewGuid(), UserId = Guid.NewGuid(), Title = "A prompt", Goal = "A goal", Template = template, Variables = "[]", IsPublic = false, CreatedAt = default, UpdatedAt = default,
    };
}
