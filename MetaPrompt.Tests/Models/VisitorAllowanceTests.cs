using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>The operator's money and people without an account.</summary>
public sealed class VisitorAllowanceTests
{
    [Fact]
    public void Visitors_together_ask_as_often_as_they_may_and_are_then_told_to_sign_in()
    {
        using var allowance = new VisitorAllowance(new ModelLimits { VisitorRequestsPerHour = 2 });
        allowance.Take();
        allowance.Take();

        var refused = Assert.Throws<ModelFailure>(allowance.Take);
        Assert.Equal(FailureKind.RateLimited, refused.Kind);
        Assert.Contains("Sign in", refused.Message, StringComparison.Ordinal);
    }
}
