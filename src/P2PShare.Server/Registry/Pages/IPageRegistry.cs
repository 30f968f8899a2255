namespace P2PShare.Server.Registry.Pages;

/// <summary>
/// The pages of a registry. What this server's sessions share is divided into pages, each of one session; an entry stays in its page
/// until it is removed. What the sessions of other servers share comes in such pages, and each newer version of a page replaces the older
/// one. Any thread may call any member at any time; a call takes the registry's lock for microseconds.
/// </summary>
/// <remarks>
/// The pages of one session never have a name twice at the server that writes them. If a name moves from one page to another, the two
/// versions may arrive in any order: the entry belongs to the page with the higher version.
/// </remarks>
internal interface IPageRegistry
{
    /// <summary>
    /// Moves the numbers of pages of this server that have changed since they were taken last, as many as there is room for; a page that
    /// has become empty is among them. Returns how many.
    /// </summary>
    int TakeChanged(Span<int> pages);

    /// <summary>Lets <see cref="TakeChanged"/> return the page again, because its change did not get through.</summary>
    void MarkChanged(int page);

    /// <summary>Lets <see cref="TakeChanged"/> return every page that is not empty.</summary>
    void MarkAllChanged();

    /// <summary>Lets <see cref="TakeChanged"/> return every page of this session of this server.</summary>
    void MarkSessionChanged(long session);

    /// <summary>Reads a page of this server. It is left empty where the page is empty or does not exist.</summary>
    void Read(int page, RegistryPage content);

    /// <summary>
    /// Replaces a page of another server by a newer version; does nothing where the registry has this version or a newer one. Rows beyond
    /// the bound for all servers together are left out.
    /// </summary>
    /// <param name="key">The page.</param>
    /// <param name="version">Higher than that of every page that its server has written before.</param>
    /// <param name="content">An empty one removes the page.</param>
    /// <returns>How many rows and parts were left out.</returns>
    int Replace(PageKey key, long version, RegistryPage content);

    /// <summary>Removes a page of another server. Does nothing where there is none.</summary>
    void Remove(PageKey key);

    /// <summary>
    /// Whether the sessions of another server come last in every choice of an owner: it has not been heard of for some time.
    /// </summary>
    void SetDoubtful(int server, bool isDoubtful);
}
