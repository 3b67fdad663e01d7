using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelAbilitiesTests
{
    [Theory]
    [InlineData("gpt-4.1-mini", true)]
    [InlineData("gpt-4o", true)]
    [InlineData("gpt-5-chat-latest", true)]
    [InlineData("llama3.2:3b", true)]
    [InlineData("gpt-oss:20b", true)]
    [InlineData("o1", false)]
    [InlineData("o3-mini", false)]
    [InlineData("o4-mini-2025-04-16", false)]
    [InlineData("gpt-5", false)]
    [InlineData("gpt-5.2-chat-latest", false)]
    [InlineData("gpt-5-mini", false)]
    [InlineData("openai/o3", false)]
    [InlineData("o365-assistant", true)]
    [InlineData("anthropic/claude-opus-4.7", false)]
    [InlineData("anthropic/claude-sonnet-4.5", true)]
    public void Models_that_reason_take_neither_temperature_nor_top_p(string model, bool takes)
    {
        var abilities = ModelAbilities.Of(OpenAi(model));

        Assert.Equal(takes, abilities.Temperature.Takes);
        Assert.Equal(takes, abilities.TopP.Takes);
        if (!takes)
        {
            Assert.NotNull(abilities.Temperature.Note);
            Assert.NotNull(abilities.TopP.Note);
        }
    }

    [Theory]
    [InlineData("claude-3-opus-20240229", true)]
    [InlineData("claude-3-5-sonnet-latest", true)]
    [InlineData("claude-opus-4-20250514", true)]
    [InlineData("claude-opus-4-1", true)]
    [InlineData("claude-sonnet-4-5-20250929", true)]
    [InlineData("claude-sonnet-4-6", true)]
    [InlineData("claude-haiku-4-5", true)]
    [InlineData("claude-opus-4-7", false)]
    [InlineData("claude-opus-4-8", false)]
    [InlineData("claude-sonnet-5", false)]
    [InlineData("claude-opus-5-5", false)]
    [InlineData("claude-fable-5-1", false)]
    [InlineData("claude-mythos-preview", false)]
    [InlineData("claude-scripted", true)]
    public void Anthropics_models_from_Opus_4_7_on_take_no_sampling_and_none_takes_a_seed(string model, bool takes)
    {
        var abilities = ModelAbilities.Of(Anthropic(model));

        Assert.Equal(takes, abilities.Temperature.Takes);
        Assert.Equal(takes, abilities.TopP.Takes);
        Assert.Equal((takes ? 0m : null, takes ? 1m : null), (abilities.Temperature.Least, abilities.Temperature.Most));
        Assert.False(abilities.Seed.Takes);
        Assert.NotNull(abilities.Seed.Note);
        Assert.True(abilities.OneOfBoth);
        Assert.True(abilities.JsonInWords);
        Assert.True(abilities.Stop.Takes && abilities.System.Takes && abilities.MaxTokens.Takes);
    }

    [Fact]
    public void Stops_are_refused_by_models_that_reason_and_system_messages_by_the_first_of_them()
    {
        Assert.False(ModelAbilities.Of(OpenAi("o3")).Stop.Takes);
        Assert.True(ModelAbilities.Of(OpenAi("gpt-4o")).Stop.Takes);
        Assert.True(ModelAbilities.Of(OpenAi("o3")).System.Takes);
        Assert.False(ModelAbilities.Of(OpenAi("o1-mini")).System.Takes);
        Assert.False(ModelAbilities.Of(OpenAi("o1-preview")).Json.Takes);
        Assert.True(ModelAbilities.Of(OpenAi("o1")).Json.Takes);
    }

    [Fact]
    public void The_models_own_limit_is_the_most_that_can_be_asked_for()
    {
        var limit = ModelAbilities.Of(OpenAi("gpt-4o") with { MaxOutputTokens = 400 }).MaxTokens;

        Assert.True(limit.Accepts(400));
        Assert.False(limit.Accepts(401));
        Assert.False(limit.Accepts(0));
        Assert.True(ModelAbilities.Of(OpenAi("gpt-4o")).MaxTokens.Accepts(1_000_000));
    }

    internal static ModelSettings OpenAi(string model) => new() { Name = model, Provider = ModelSettings.OpenAi, Endpoint = "https://api.example.test/v1", Model = model };

    internal static ModelSettings Anthropic(string model) => new() { Name = model, Provider = ModelSettings.Anthropic, Endpoint = "https://api.example.test", Model = model };
}
