namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>A model to choose as a judge.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUnreadable">Whether its key can no longer be decrypted: then it can judge nothing.</param>
public sealed record JudgeModel(string Name, bool IsUnreadable = false);
