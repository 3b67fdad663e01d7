using MetaPrompt.Data;
using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>How often models may be asked: the operator's money, and scripts at a person's page.</summary>
public sealed class ModelAllowanceTests
{
    [Fact]
    public void Visitors_together_ask_as_often_as_they_may_and_are_then_told_to_sign_in()
    {
        using var allowance = new ModelAllowance(new ModelLimits { VisitorRequestsPerHour = 2 });
        allowance.Take(Caller.Anonymous);
        allowance.Take(Caller.Anonymous);

        var refused = Assert.Throws<ModelFailure>(() => allowance.Take(Caller.Anonymous));
        Assert.Equal(FailureKind.RateLimited, refused.Kind);
        Assert.Contains("Sign in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_asks_as_often_as_they_may_in_a_minute_is_told_when_to_go_on_and_nobody_else_is_kept_waiting()
    {
        using var allowance = new ModelAllowance(new ModelLimits { PersonRequestsPerMinute = 3 });
        var (ann, bob) = (Caller.User(Guid.NewGuid()), Caller.User(Guid.NewGuid()));
        for (var request = 0; request < 3; request++)
            allowance.Take(ann);

        var refused = Assert.Throws<ModelFailure>(() => allowance.Take(ann));

        Assert.Equal(FailureKind.RateLimited, refused.Kind);
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 1, 20);
        Assert.Contains("Nothing was sent; try again in", refused.Message, StringComparison.Ordinal);
        allowance.Take(bob);
        allowance.Take(Caller.Anonymous);
    }

    [Fact]
    public void A_test_of_a_key_counts_as_several_and_no_limit_is_none()
    {
        using var allowance = new ModelAllowance(new ModelLimits { PersonRequestsPerMinute = 12 });
        using var unlimited = new ModelAllowance(new ModelLimits { PersonRequestsPerMinute = 0 });
        var ann = Caller.User(Guid.NewGuid());
        allowance.TakeKeyTest(ann);
        allowance.TakeKeyTest(ann);

        Assert.Throws<ModelFailure>(() => allowance.TakeKeyTest(ann));
        for (var request = 0; request < 1000; request++)
            unlimited.TakeKeyTest(ann);
    }
}
