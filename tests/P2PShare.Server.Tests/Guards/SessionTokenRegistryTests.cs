using P2PShare.Protocol.Identity;
using P2PShare.Server.Guards;

namespace P2PShare.Server.Tests.Guards;

public sealed class SessionTokenRegistryTests
{
    private readonly SessionTokenRegistry _resumptions = new();
    private readonly List<string> _superseded = [];

    [Fact]
    public void The_second_session_of_a_token_ends_the_first_and_the_third_the_second()
    {
        var token = SessionToken.Create();
        Make(token, "first");
        _superseded.Should().BeEmpty();
        Make(token, "second");
        _superseded.Should().Equal("first");
        Make(token, "third");
        _superseded.Should().Equal("first", "second");
    }

    [Fact]
    public void Another_token_ends_nobody()
    {
        Make(SessionToken.Create(), "one");
        Make(SessionToken.Create(), "other");

        _superseded.Should().BeEmpty();
    }

    [Fact]
    public void A_session_that_ended_is_not_ended_again_and_does_not_take_its_successors_claim_along()
    {
        var token = SessionToken.Create();
        var first = Make(token, "first");
        Make(token, "second");
        first.Dispose();
        Make(token, "third").Dispose();
        Make(token, "fourth");

        _superseded.Should().Equal("first", "second");
    }

    private IDisposable Make(SessionToken token, string name) => _resumptions.Make(token, () => _superseded.Add(name));
}
