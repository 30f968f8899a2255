using System.Text.RegularExpressions;
using P2PShare.Testing;

namespace P2PShare.EndToEnd.Tests.Architecture;

/// <summary>One folder of a project in src, and the other folders of that project that its files use.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Name">The folder inside the project, such as <c>Downloads/Swarm</c>; empty for the project's root.</param>
/// <param name="Files">Paths of its C# files, without those of folders below it.</param>
internal sealed partial record SourceFolder(string Project, string Name, IReadOnlyList<string> Files)
{
    /// <summary>Every folder of src that holds C# files.</summary>
    public static IReadOnlyList<SourceFolder> All { get; } = [.. Find(Path.Combine(Specification.Root, "src"))];

    public string Namespace => Name.Length == 0 ? Project : $"{Project}.{Name.Replace('/', '.')}";

    /// <summary>Each use of another folder of the same project: the file, relative to src, and the folder that it uses.</summary>
    public IEnumerable<(string File, string Used)> Uses() =>
        from file in Files
        let code = CommentsAndStrings().Replace(File.ReadAllText(file), "")
        from other in All.Where(other => other.Project == Project && other.Name != Name)
        where code.Contains($"using {other.Namespace};", StringComparison.Ordinal)
            || (IsAbove(other) && other.DeclaredTypes().Any(type => UsesType(code, type)))
        select (Path.GetRelativePath(Path.Combine(Specification.Root, "src"), file), other.Name);

    // A namespace sees what its parents declare without a using.
    private bool IsAbove(SourceFolder other) => Namespace.StartsWith(other.Namespace + ".", StringComparison.Ordinal);

    private IEnumerable<string> DeclaredTypes() =>
        Files.SelectMany(file => TypeDeclaration().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));

    private static bool UsesType(string code, string type) => Regex.IsMatch(code, $@"(?<![.\w]){type}\b(?!\s*[=;,)])");

    private static IEnumerable<SourceFolder> Find(string src) =>
        from project in Directory.GetDirectories(src)
        from file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
        let folder = Path.GetRelativePath(project, Path.GetDirectoryName(file)!).Replace('\\', '/')
        where folder.Split('/')[0] is not ("bin" or "obj")
        group file by (Project: Path.GetFileName(project), Name: folder == "." ? "" : folder) into files
        orderby files.Key
        select new SourceFolder(files.Key.Project, files.Key.Name, [.. files]);

    [GeneratedRegex(@"//[^\n]*|""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex CommentsAndStrings();

    [GeneratedRegex(
        @"^(?:public |internal )(?:[a-z]+ )*(?:class|struct|record|interface|enum|delegate [\w<>]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
