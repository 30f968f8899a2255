using System.Text.RegularExpressions;
using P2PShare.Testing;

namespace P2PShare.EndToEnd.Tests.Architecture;

/// <summary>The directions of src/ARCHITECTURE.md: which project, and which folder of a project, may use which.</summary>
public sealed partial class ArchitectureTests
{
    private const int MaxFilesOfFolder = 15;
    private const int MaxColumns = 140;

    private static readonly string Src = Path.Combine(Specification.Root, "src");

    private static readonly Dictionary<string, string[]> ProjectDirections = new()
    {
        ["P2PShare.Protocol"] = [],
        ["P2PShare.Networking"] = ["P2PShare.Protocol"],
        ["P2PShare.Peer"] = ["P2PShare.Networking", "P2PShare.Protocol"],
        ["P2PShare.Client"] = ["P2PShare.Peer"],
        ["P2PShare.Server"] = ["P2PShare.Networking", "P2PShare.Protocol"],
    };

    // A folder's name, and the folders of its project that it may use. The root of a project is the empty name.
    private static readonly Dictionary<string, Dictionary<string, string[]>> FolderDirections = new()
    {
        ["P2PShare.Protocol"] = new()
        {
            [""] = [],
            ["Text"] = [],
            ["Identity"] = ["", "Text"],
            ["Grammar"] = ["", "Text", "Identity"],
            ["Grammar/Commands"] = ["", "Text", "Identity", "Grammar"],
            ["Grammar/Replies"] = ["", "Text", "Identity", "Grammar"],
            ["Transport"] = [""],
        },
        ["P2PShare.Networking"] = new()
        {
            ["Streams"] = [],
            ["Linux"] = ["Streams"],
            [""] = ["Linux"],
            ["Storage"] = ["", "Linux"],
            ["Security/Identities"] = ["", "Linux", "Storage"],
            ["Security"] = ["", "Streams", "Security/Identities"],
        },
        ["P2PShare.Peer"] = new()
        {
            ["Async"] = [],
            ["Linux"] = [],
            ["Content"] = ["Linux", "Async"],
            ["Index"] = ["Async"],
            ["Index/Servers"] = ["Index", "Async"],
            ["Peers"] = ["Async"],
            ["Sharing/Exclusion"] = ["Linux"],
            ["Sharing"] = ["Sharing/Exclusion", "Content", "Index", "Linux", "Async"],
            ["Sharing/Following"] = ["Sharing", "Sharing/Exclusion", "Content", "Linux", "Async"],
            ["Uploads"] = ["Sharing", "Peers", "Content", "Linux", "Async"],
            ["Downloads/Reporting"] = [],
            ["Downloads/Scheduling"] = [],
            ["Downloads/Saving"] = ["Content", "Linux"],
            ["Downloads/Buffers"] = ["Linux"],
            ["Downloads/Swarm"] =
            [
                "Downloads/Reporting", "Downloads/Scheduling", "Downloads/Saving", "Downloads/Buffers",
                "Sharing", "Peers", "Content", "Linux", "Async",
            ],
            ["Downloads"] =
            [
                "Downloads/Reporting", "Downloads/Swarm", "Downloads/Scheduling", "Downloads/Saving",
                "Index", "Peers", "Content", "Linux", "Async",
            ],
        },
        ["P2PShare.Client"] = new()
        {
            ["Text"] = [],
            ["Cli/Json"] = [],
            ["Cli/Display"] = ["Cli/Json", "Text"],
            ["Cli/Input"] = ["Cli/Display"],
            ["Cli/Jobs"] = ["Cli/Display", "Cli/Json"],
            ["Cli/Syntax"] = [],
            ["Cli"] = ["Cli/Display", "Cli/Json", "Text"],
            ["Cli/Commands"] = ["Cli", "Cli/Display", "Cli/Input", "Cli/Jobs", "Cli/Json", "Cli/Syntax", "Text"],
            [""] = ["Cli", "Cli/Commands", "Cli/Display", "Cli/Input", "Cli/Jobs", "Cli/Json", "Cli/Syntax", "Text"],
        },
        ["P2PShare.Server"] = new()
        {
            ["Configuration"] = [],
            ["Output"] = [],
            ["Logging"] = ["Configuration", "Output"],
            ["Guards"] = ["Configuration"],
            ["Registry/Collections"] = [],
            ["Registry"] = ["Configuration"],
            ["Registry/Pages"] = ["Registry"],
            ["Registry/Swarms"] = ["Registry", "Registry/Collections"],
            ["Registry/Tables/Records"] = ["Registry/Collections"],
            ["Registry/Tables/Owners"] = ["Registry/Tables/Records", "Registry/Pages", "Registry/Collections"],
            ["Registry/Tables"] =
            [
                "Registry", "Registry/Pages", "Registry/Swarms", "Registry/Tables/Owners", "Registry/Tables/Records",
                "Registry/Collections", "Configuration",
            ],
            ["Presence"] = [],
            ["Cluster/Messages"] = ["Configuration", "Registry", "Registry/Pages", "Presence"],
            ["Cluster/Status"] = ["Cluster/Messages"],
            ["Cluster/Servers"] = ["Cluster/Messages", "Cluster/Status", "Registry/Pages", "Presence"],
            ["Cluster"] = ["Cluster/Messages", "Cluster/Servers", "Cluster/Status", "Registry/Pages", "Presence"],
            ["Cluster/Nats"] = ["Cluster", "Cluster/Messages", "Cluster/Servers", "Cluster/Status", "Configuration", "Members"],
            ["Lists"] = ["Registry"],
            ["Metrics"] = ["Registry", "Cluster/Status"],
            ["Members"] = ["Guards"],
            ["Administration"] = ["Configuration", "Members", "Cluster", "Cluster/Nats", "Cluster/Status"],
            [""] =
            [
                "Administration", "Members", "Configuration", "Output", "Logging", "Guards", "Lists", "Metrics", "Presence", "Registry",
                "Registry/Tables", "Registry/Pages", "Cluster", "Cluster/Messages", "Cluster/Nats", "Cluster/Status",
            ],
        },
    };

    public static TheoryData<string> Projects => [.. ProjectDirections.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_the_projects_below_it(string project)
    {
        var text = File.ReadAllText(Path.Combine(Src, project, $"{project}.csproj"));
        var references = ProjectReference().Matches(text).Select(match => match.Groups[1].Value);

        references.Should().BeSubsetOf(ProjectDirections[project],
            "{0} is below the others; move what both need down, or pass it in through a constructor", project);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_the_folders_below_it(string project)
    {
        var violations = SourceFolder.All.Where(folder => folder.Project == project)
            .SelectMany(folder => folder.Uses().Where(use => !Allowed(folder).Contains(use.Used)).Select(use => Violation(folder, use)));

        violations.Should().BeEmpty("each folder uses only those listed for it in {0}", nameof(FolderDirections));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_two_folders_use_each_other(string project)
    {
        var directions = FolderDirections[project];

        directions.Keys.Should().AllSatisfy(folder => Reachable(directions, folder).Should().NotContain(folder,
            "{0} would use itself through others; put an interface where both can see it", NameOf(folder)));
    }

    [Fact]
    public void Every_folder_of_src_has_its_directions_and_no_other_has()
    {
        var folders = SourceFolder.All.Select(folder => $"{folder.Project}/{folder.Name}");

        folders.Should().BeEquivalentTo(
            FolderDirections.SelectMany(project => project.Value.Keys.Select(folder => $"{project.Key}/{folder}")),
            "a new folder is given its directions in {0} and its line in ARCHITECTURE.md", nameof(FolderDirections));
    }

    [Fact]
    public void No_folder_is_crowded() =>
        SourceFolder.All.Where(folder => folder.Files.Count > MaxFilesOfFolder).Select(folder => folder.Namespace)
            .Should().BeEmpty("a folder of more than {0} files is two folders", MaxFilesOfFolder);

    [Fact]
    public void No_line_is_longer_than_the_editor_is_told() =>
        new[] { "src", "tests" }.SelectMany(top => SourceFilesIn(Path.Combine(Specification.Root, top)))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (line, place: $"{file}:{index + 1}")))
            .Where(line => line.line.Length > MaxColumns).Select(line => line.place)
            .Should().BeEmpty(".editorconfig says max_line_length = {0}", MaxColumns);

    [Theory]
    [InlineData("P2PShare.Networking/ConnectionListener.cs", "TcpListener")]
    [InlineData("P2PShare.Networking/ConnectionListener.cs", "Task")]
    [InlineData("P2PShare.Server/Registry/Tables/InMemoryFileRegistry.cs", "lock (")]
    [InlineData("P2PShare.Peer/Uploads/PeerListener.cs", "ConnectionListener")]
    [InlineData("P2PShare.Client/ClientProgram.cs", "Console.ReadLine")]
    public void The_classic_shape_stays_readable_in_the_code(string file, string part) =>
        File.ReadAllText(Path.Combine(Src, file)).Should().Contain(part,
            "a server is a TcpListener with one Task for each connection and a registry behind a lock; "
            + "a client is a peer listener's Task beside a loop around Console.ReadLine");

    private static IEnumerable<string> SourceFilesIn(string top) =>
        Directory.EnumerateFiles(top, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string[] Allowed(SourceFolder folder) => FolderDirections[folder.Project].GetValueOrDefault(folder.Name, []);

    private static string Violation(SourceFolder folder, (string File, string Used) use) =>
        $"{use.File} uses {NameOf(use.Used)}, but {NameOf(folder.Name)} may use only "
        + $"[{string.Join(", ", Allowed(folder).Select(NameOf))}]: "
        + "move the type that both need down, or put an interface for it where this folder can see it.";

    private static string NameOf(string folder) => folder.Length == 0 ? "the project's root" : folder;

    private static HashSet<string> Reachable(Dictionary<string, string[]> directions, string from)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(directions[from]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
                Array.ForEach(directions.GetValueOrDefault(next, []), open.Push);
        }

        return reached;
    }

    [GeneratedRegex(@"<ProjectReference Include=""[./\\]+(P2PShare\.\w+)[/\\]")]
    private static partial Regex ProjectReference();
}
