using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Tests.Cluster.Messages;

public sealed class ClusterSubjectsTests
{
    private readonly ClusterSubjects _subjects = new("home");

    [Fact]
    public void Subjects_are_written_and_read_as_documented()
    {
        var server = new ServerId(0xAB);
        _subjects.Lease(server).Should().Be("p2pshare.home.00000000000000ab.lease");
        _subjects.Page(server, 7).Should().Be("p2pshare.home.00000000000000ab.7");
        _subjects.PurgeOf(server).Should().Be("*.home.00000000000000ab.>");
        _subjects.All.Should().Be("p2pshare.home.>");

        foreach (var page in new int?[] { null, 0, 7, int.MaxValue })
        {
            var subject = page is { } number ? _subjects.Page(server, number) : _subjects.Lease(server);
            _subjects.TryParse(subject, out var parsed, out var parsedPage).Should().BeTrue();
            (parsed, parsedPage).Should().Be((server, page));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("p2pshare.home.00000000000000ab")]
    [InlineData("p2pshare.home.00000000000000ab.")]
    [InlineData("p2pshare.home.00000000000000AB.lease")]
    [InlineData("p2pshare.home.00000000000000a.lease")]
    [InlineData("p2pshare.home.00000000000000abc.lease")]
    [InlineData("p2pshare.home.00000000000000ab.Lease")]
    [InlineData("p2pshare.home.00000000000000ab.lease.1")]
    [InlineData("p2pshare.home.00000000000000ab.01")]
    [InlineData("p2pshare.home.00000000000000ab.-1")]
    [InlineData("p2pshare.home.00000000000000ab.+1")]
    [InlineData("p2pshare.home.00000000000000ab. 1")]
    [InlineData("p2pshare.home.00000000000000ab.1\0")]
    [InlineData("p2pshare.home.00000000000000ab.2147483648")]
    [InlineData("p2pshare.home.00000000000000ab.99999999999")]
    [InlineData("p2pshare.homes.00000000000000ab.lease")]
    [InlineData("p2pshare.other.00000000000000ab.lease")]
    [InlineData("p2pshare.home.٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠.lease")]
    public void Any_other_subject_is_refused(string subject) => _subjects.TryParse(subject, out _, out _).Should().BeFalse();

    [Theory]
    [InlineData("a", true)]
    [InlineData("home-2", true)]
    [InlineData("01234567890123456789012345678901", true)]
    [InlineData("012345678901234567890123456789012", false)]
    [InlineData("", false)]
    [InlineData("Home", false)]
    [InlineData("a.b", false)]
    [InlineData("a*", false)]
    [InlineData("a>", false)]
    [InlineData("ö", false)]
    [InlineData("a b", false)]
    public void Name_of_a_cluster_has_letters_digits_and_hyphens(string name, bool isValid)
    {
        ClusterSettings.IsName(name).Should().Be(isValid);

        var create = () => new ClusterSubjects(name);
        if (isValid)
            create.Should().NotThrow();
        else
            create.Should().Throw<ArgumentException>();
    }
}
