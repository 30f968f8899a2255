using P2PShare.ManPages;

if (args is not [var folder])
{
    Console.Error.WriteLine("usage: <folder>; server.1 and client.1 are written there");
    return 2;
}

Directory.CreateDirectory(folder);
foreach (var page in Pages.All)
    File.WriteAllText(Path.Combine(folder, $"{page.Program}.1"), page.ToString());
return 0;
