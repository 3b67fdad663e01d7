using System.Text.Json;
using MetaPrompt.Data;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelSettingsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["Models:0:Name"] = "Fast",
        ["Models:0:Provider"] = "openai",
        ["Models:0:Model"] = "gpt-4.1-mini",
        ["Models:0:ApiKey"] = "sk-secret",
    };

    [Fact]
    public void Without_models_there_are_none() => Assert.Empty(Read([]));

    [Fact]
    public void A_whole_model_is_read()
    {
        var model = Assert.Single(Read(new()
        {
            ["Models:0:Name"] = " Claude ",
            ["Models:0:Provider"] = "Anthropic",
            ["Models:0:Endpoint"] = "https://gateway.example/claude/",
            ["Models:0:Model"] = "claude-x",
            ["Models:0:ApiKey"] = "sk-secret",
            ["Models:0:ContextTokens"] = "200000",
            ["Models:0:MaxOutputTokens"] = "4096",
            ["Models:0:InputPricePerMillion"] = "0.8",
            ["Models:0:OutputPricePerMillion"] = "4",
            ["Models:0:PricedOn"] = "2026-11-20",
        }));

        Assert.Equal(new DateOnly(2026, 11, 20), model.PricedOn);
        Assert.Equal("Claude", model.Name);
        Assert.Equal(ModelSettings.Anthropic, model.Provider);
        Assert.Equal("https://gateway.example/claude", model.Endpoint);
        Assert.Equal("claude-x", model.Model);
        Assert.Equal((200000, 4096, 0.8m, 4m), (model.ContextTokens, model.MaxOutputTokens, model.InputPricePerMillion, model.OutputPricePerMillion));
    }

    [Theory]
    [InlineData("openai", "", "https://api.openai.com/v1")]
    [InlineData("anthropic", "", "https://api.anthropic.com")]
    [InlineData("openai", "http://127.0.0.1:11434", "http://127.0.0.1:11434/v1")]
    [InlineData("openai", "http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1")]
    [InlineData("openai", "https://openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api/v1")]
    [InlineData("openai", "https://me.openai.azure.com/openai/v1/", "https://me.openai.azure.com/openai/v1")]
    [InlineData("anthropic", "https://api.anthropic.com/v1/messages", "https://api.anthropic.com")]
    [InlineData("anthropic", "https://proxy.example/v1", "https://proxy.example")]
    public void An_endpoint_is_the_base_address_however_it_was_copied(string provider, string given, string read)
    {
        var model = Assert.Single(Read(new(Good) { ["Models:0:Provider"] = provider, ["Models:0:Endpoint"] = given }));

        Assert.Equal(read, model.Endpoint);
    }

    [Theory]
    [InlineData("Models:0:Name", "", "Models:0:Name")]
    [InlineData("Models:0:Name", "123456789 123456789 123456789 123456789 123456789 1", "Models:0:Name")]
    [InlineData("Models:0:Model", " ", "Models:0:Model")]
    [InlineData("Models:0:Provider", null, "Models:0:Provider")]
    [InlineData("Models:0:Provider", "gemini", "Models:0:Provider")]
    [InlineData("Models:0:Endpoint", "localhost:11434", "Models:0:Endpoint")]
    [InlineData("Models:0:Endpoint", "ftp://example.org/v1", "Models:0:Endpoint")]
    [InlineData("Models:0:Endpoint", "not an address", "Models:0:Endpoint")]
    [InlineData("Models:0:Endpoint", "https://me:secret@example.org/v1", "Models:0:Endpoint")]
    [InlineData("Models:0:Endpoint", "https://example.org/v1?api-version=1", "Models:0:Endpoint")]
    [InlineData("Models:0:ApiKey", "", "Models:0:ApiKey")]
    [InlineData("Models:0:ApiKey", "sk-secret\nsk-secret", "Models:0:ApiKey")]
    [InlineData("Models:0:ContextTokens", "many", "Models:0:ContextTokens")]
    [InlineData("Models:0:ContextTokens", "0", "Models:0:ContextTokens")]
    [InlineData("Models:0:MaxOutputTokens", "-5", "Models:0:MaxOutputTokens")]
    [InlineData("Models:0:InputPricePerMillion", "-0.1", "Models:0:InputPricePerMillion")]
    [InlineData("Models:0:InputPricePerMillion", "0,4", "Models:0:InputPricePerMillion")]
    [InlineData("Models:0:InputPricePerMillion", "0.4", "Models:0:OutputPricePerMillion")]
    [InlineData("Models:0:OutputPricePerMillion", "4", "Models:0:InputPricePerMillion")]
    [InlineData("Models:0:PricedOn", "2026-11-20", "Models:0:PricedOn")]
    [InlineData("Models:0:PricedOn", "20.11.2026", "Models:0:PricedOn")]
    [InlineData("Models:0:PricedOn", "yesterday", "Models:0:PricedOn")]
    [InlineData("Models:0:Key", "sk-secret", "Models:0:Key")]
    [InlineData("Models", "gpt-4", "Models")]
    public void What_is_wrong_or_half_given_stops_the_start_and_is_named(string setting, string? value, string named)
    {
        var wrong = Assert.Throws<SettingsException>(() => Read(new(Good) { [setting] = value }));

        Assert.Equal(named, wrong.Setting);
        Assert.DoesNotContain("secret", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_of_one_name_stop_the_start()
    {
        var wrong = Assert.Throws<SettingsException>(() => Read(new(Good)
        {
            ["Models:1:Name"] = "fast",
            ["Models:1:Provider"] = "openai",
            ["Models:1:Endpoint"] = "http://127.0.0.1:11434/v1",
            ["Models:1:Model"] = "llama",
        }));

        Assert.Equal("Models:1:Name", wrong.Setting);
    }

    [Fact]
    public void A_server_of_ones_own_needs_no_key()
    {
        var model = Assert.Single(Read(new(Good) { ["Models:0:Endpoint"] = "http://127.0.0.1:11434/v1", ["Models:0:ApiKey"] = null }));

        Assert.Null(model.ApiKey);
    }

    [Fact]
    public void The_key_is_in_no_text_made_from_the_settings()
    {
        var model = Assert.Single(Read(Good));

        Assert.Equal("sk-secret", model.ApiKey);
        Assert.DoesNotContain("secret", model.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", $"{model}", StringComparison.Ordinal);
        Assert.DoesNotContain("secret", JsonSerializer.Serialize(model), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_answer_costs_is_unknown_without_both_prices_and_both_counts()
    {
        var free = new ModelSettings { Name = "a", Provider = ModelSettings.OpenAi, Endpoint = "http://127.0.0.1/v1", Model = "a", InputPricePerMillion = 0, OutputPricePerMillion = 0 };

        Assert.Equal(0m, free.Cost(1000, 1000));
        Assert.Equal(0.0045m, (free with { InputPricePerMillion = 0.5m, OutputPricePerMillion = 2 }).Cost(1000, 2000));
        Assert.Null(free.Cost(null, 1000));
        Assert.Null(free.Cost(1000, null));
        Assert.Null((free with { InputPricePerMillion = null, OutputPricePerMillion = null }).Cost(1, 1));
    }

    private static IReadOnlyList<ModelSettings> Read(Dictionary<string, string?> settings) =>
        ModelSettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
