using P2PShare.Protocol.Identity;
using P2PShare.Server.Guards;

namespace P2PShare.Server.Tests.Guards;

public sealed class SessionTokenRegistryTests
{
    private readonly SessionTokenRegistry _tokens = new();
    private readonly List<string> _superseded = [];

    [Fact]
    public void Each_session_supersedes_the_one_before_it_with_the_same_token()
    {
        var token = SessionToken.Create();
        Register(token, "first");
        _superseded.Should().BeEmpty();
        Register(token, "second");
        _superseded.Should().Equal("first");
        Register(token, "third");
        _superseded.Should().Equal("first", "second");
    }

    [Fact]
    public void Sessions_with_different_tokens_do_not_supersede_each_other()
    {
        Register(SessionToken.Create(), "one");
        Register(SessionToken.Create(), "other");

        _superseded.Should().BeEmpty();
    }

    [Fact]
    public void A_session_that_ended_is_not_superseded_and_does_not_end_the_registration_of_its_successor()
    {
        var token = SessionToken.Create();
        var first = Register(token, "first");
        Register(token, "second");
        first.Dispose();
        Register(token, "third").Dispose();
        Register(token, "fourth");

        _superseded.Should().Equal("first", "second");
    }

    private IDisposable Register(SessionToken token, string name) => _tokens.Register(token, () => _superseded.Add(name));
}
