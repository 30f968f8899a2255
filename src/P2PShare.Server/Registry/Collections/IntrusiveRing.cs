namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Circular doubly linked lists of records, linked through a field of the record: adding and removing takes constant time, and
/// moving the head on serves the records round robin. The caller keeps the number of each ring's head; 0 is the empty ring.
/// </summary>
internal sealed class IntrusiveRing<T, TLink>(Slab<T> records)
    where T : unmanaged, ISlot
    where TLink : IRingLinkOf<T>
{
    public int Next(int number) => LinkOf(number).Next;

    /// <summary>Adds a record at the tail; in an empty ring it becomes the head.</summary>
    public void Append(ref int head, int number)
    {
        if (head == 0)
        {
            LinkOf(number) = new RingLink { Previous = number, Next = number };
            head = number;
            return;
        }

        var tail = LinkOf(head).Previous;
        LinkOf(number) = new RingLink { Previous = tail, Next = head };
        LinkOf(tail).Next = number;
        LinkOf(head).Previous = number;
    }

    public void Remove(ref int head, int number)
    {
        var link = LinkOf(number);
        LinkOf(link.Previous).Next = link.Next;
        LinkOf(link.Next).Previous = link.Previous;
        if (head == number)
            head = link.Next == number ? 0 : link.Next;
    }

    /// <summary>Moves a record of the ring to its tail.</summary>
    public void MoveToBack(ref int head, int number)
    {
        if (head == number)
        {
            head = LinkOf(number).Next;
            return;
        }

        Remove(ref head, number);
        Append(ref head, number);
    }

    private ref RingLink LinkOf(int number) => ref TLink.In(ref records[number]);
}
