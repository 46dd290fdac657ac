// Model of descriptors: the table of numbers, open files, and the calls that every file has.
//
// Kernel      fs/file.c, fs/file_table.c, fs/open.c, fs/read_write.c, Linux 6.18.
// Covers      read and write by kind of file, close, dup, references of calls in flight, the last
//             reference, lowest-free numbers; `file`, a regular file that is always ready.
// Leaves out  contents, offsets, fcntl, dup2, descriptors passed to other processes;
//             docs/models/file.md says why.
// One step    fdget (look the number up and take a reference), each step of the file's own
//             operation, fput (drop it; the last one releases the file). While no thread ever
//             opens or closes a number, the table is a constant: there is no fdget and no fput.
//
// A kind of file brings a FileOperations table, as in the kernel; read(2), write(2), close(2) and
// poll(2) find it through the number at run time.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"
#include "sim/state/layout.h"

namespace wakesim {

ModelTable file_model();

}  // namespace wakesim

namespace wakesim::file {

// Readiness bits, include/uapi/asm-generic/poll.h; EPOLLIN and so on have the same values.
enum Ready : std::uint32_t {
  kIn = 0x001,
  kPri = 0x002,
  kOut = 0x004,
  kErr = 0x008,
  kHup = 0x010,
  kNval = 0x020,
  kRdNorm = 0x040,
  kRdBand = 0x080,
  kWrNorm = 0x100,
  kWrBand = 0x200,
  kRdHup = 0x2000,
};

// File::f_flags, on x86.
inline constexpr std::uint32_t kNonblock = 04000;
inline constexpr std::uint32_t kCloseOnExec = 02000000;  // Accepted, without effect.

// An open file description (struct file), by its place in the scenario's table.
enum class FileId : std::uint32_t {};
inline constexpr FileId kNoFile = static_cast<FileId>(~std::uint32_t{0});

// What changes about an open file. Nobody has it open if there are no references.
struct FileState {
  std::uint32_t references;  // Numbers, calls in flight and poll entries.
  std::uint32_t flags;       // f_flags, and what the opening call fixed about the object.
};
static_assert(std::has_unique_object_representations_v<FileState>);

// A kind of file, numbered as the models register theirs: frames cannot hold pointers.
enum class KindId : std::uint8_t {};

struct FileOperations;

struct OpenFile {
  std::string name;  // "efd", "p[0]": for messages.
  const FileOperations* operations = nullptr;
  ObjectId object{};      // The record that `operations` know.
  std::uint32_t end = 0;  // Which end of a pipe or of a pair of sockets.
  std::uint32_t flags = 0;
  bool is_pooled = false;  // Opened by a call; its flags are in the state.
  Cell<FileState> state;   // Only where numbers are opened or closed.
};

// The arguments of a read or write when it reaches the file.
struct Request {
  std::uint32_t flags = 0;
  std::int64_t value = 0;  // read: how many bytes; write: the value or how many bytes.
  std::int64_t size = 0;   // write: the size of the value.
};

// `n` of a read that the program did not write.
inline constexpr std::int64_t kUnwritten = INT64_MIN;

// Bytes in a read's or write's frame for the file's own part.
inline constexpr std::size_t kInnerBytes = 32;

// One direction of a file: like a CallRow, but begun where the number has been looked up.
struct Transfer {
  void (*begin)(Step& step, const OpenFile& file, const Request& request,
                std::byte* frame) = nullptr;  // Null: not open in this direction.
  bool (*enabled)(const View& view, ThreadId thread, const std::byte* frame) = nullptr;
  Progress (*step)(Step& step, std::byte* frame) = nullptr;
  std::string_view (*phase)(const std::byte* frame) = nullptr;
  bool (*condition)(const View& view, const std::byte* frame) = nullptr;
  void (*effects)(Effects& effects, const OpenFile& file) = nullptr;
};

template <FrameType Frame, void (*Begin)(Step&, const OpenFile&, const Request&, Frame&),
          bool (*Enabled)(const View&, ThreadId, const Frame&), Progress (*Run)(Step&, Frame&),
          std::string_view (*Phase)(const Frame&), bool (*Condition)(const View&, const Frame&)>
constexpr Transfer make_transfer(void (*effects)(Effects&, const OpenFile&)) {
  static_assert(sizeof(Frame) <= kInnerBytes);
  Transfer transfer;
  transfer.begin = [](Step& step, const OpenFile& file, const Request& request, std::byte* frame) {
    Begin(step, file, request, *reinterpret_cast<Frame*>(frame));
  };
  transfer.enabled = [](const View& view, ThreadId thread, const std::byte* frame) {
    return Enabled(view, thread, *reinterpret_cast<const Frame*>(frame));
  };
  transfer.step = [](Step& step, std::byte* frame) {
    return Run(step, *reinterpret_cast<Frame*>(frame));
  };
  transfer.phase = [](const std::byte* frame) {
    return Phase(*reinterpret_cast<const Frame*>(frame));
  };
  transfer.condition = [](const View& view, const std::byte* frame) {
    return Condition(view, *reinterpret_cast<const Frame*>(frame));
  };
  transfer.effects = effects;
  return transfer;
}

// A direction that the file is open in but has no method for: vfs_read() or vfs_write() refuses.
Transfer no_such_method();

// The file's poll method, cut where the kernel holds no lock. `queue` null: no poll method.
struct PollMethod {
  // The head that poll_wait() links on.
  kernel::WaitQueue (*queue)(const View& view, const OpenFile& file) = nullptr;
  // What the method stores before poll_wait(); true if that changed anything, which is a step.
  bool (*announce)(Step& step, const OpenFile& file) = nullptr;
  // The condition is read in `loads` loads, each a step; their bits add up to the mask.
  std::uint32_t (*loads)(const View& view, const OpenFile& file) = nullptr;
  std::uint32_t (*load)(const View& view, const OpenFile& file, std::uint32_t which) = nullptr;
  // What the method may touch, its poll_wait() by the calling thread included.
  void (*effects)(Effects& effects, const OpenFile& file) = nullptr;
  // A method that takes locks (an epoll's) has these instead of the loads: where it stands, it
  // keeps in the state of its object. `step` gives the mask when it has it.
  bool (*enabled)(const View& view, ThreadId thread, const OpenFile& file) = nullptr;
  std::optional<std::uint32_t> (*step)(Step& step, const OpenFile& file) = nullptr;
};

// struct file_operations, as far as it is modelled.
struct FileOperations {
  std::string_view kind;
  KindId id{};  // Set by register_kind().
  Transfer read;
  Transfer write;
  PollMethod poll;
  // The last reference is gone; one step. May be null.
  void (*release)(Step& step, const OpenFile& file) = nullptr;
  void (*release_effects)(Effects& effects, const OpenFile& file) = nullptr;
  // How much there is to be read, for properties. May be null: 0.
  std::int64_t (*pending)(const View& view, const OpenFile& file) = nullptr;
  void (*pending_effects)(Effects& effects, const OpenFile& file) = nullptr;
};

// ---- Once, when a model makes its table ---------------------------------------------------------

// Keeps the operations for the rest of the program's life and numbers them.
const FileOperations& register_kind(FileOperations operations);
const FileOperations& operations_of(KindId kind);

// ---- While the scenario is loaded ---------------------------------------------------------------

// Opens a file at the lowest free number before the run and returns the number. Names of numbers
// below 3 belong to the terminal and are never given out.
std::int64_t open_at_load(Builder& builder, OpenFile file);
// A file that a call may open during the run.
FileId add_to_pool(Builder& builder, OpenFile file);
// Calls that give out numbers, each counted: how many numbers the run may need, unless ...
std::size_t opening_call_sites(const Builder& builder);
// ... a call site may open several files. Only where there is such a call.
void add_spare_number(Builder& builder);
// Catalogue::hooks.after_objects, behind whatever fills the pools.
void finish_table(Builder& builder);

// What else must go with a file before it is released: the epoll items on it, or in it
// (eventpoll_release_file(), ep_clear_and_put()). Each call of `cut` is a step.
struct Ties {
  bool (*exist)(const View& view, FileId file) = nullptr;
  bool (*may_cut)(const View& view, ThreadId thread, FileId file) = nullptr;
  void (*cut)(Step& step, FileId file) = nullptr;
  void (*effects)(Effects& effects, FileId file) = nullptr;
};
void set_ties(Builder& builder, const Ties& ties);

// What goes with a number before it is free: a kqueue's knotes on it (knote_fdclose()). Each call
// of `cut` is a step; while there are some the number leads to its file.
struct NumberTies {
  bool (*exist)(const View& view, std::int32_t number) = nullptr;
  bool (*may_cut)(const View& view, ThreadId thread, std::int32_t number) = nullptr;
  void (*cut)(Step& step, std::int32_t number) = nullptr;
  void (*effects)(Effects& effects) = nullptr;
};
void set_number_ties(Builder& builder, const NumberTies& ties);

// ---- During a run -------------------------------------------------------------------------------

// True if no call ever opens or closes a number.
bool is_table_constant(const View& view);
const OpenFile& open_file(const View& view, FileId file);
std::size_t file_count(const View& view);
// Numbers that are open from the start, and those that may ever be.
std::vector<std::int64_t> declared_numbers(const View& view);
std::vector<std::int64_t> all_numbers(const View& view);
std::uint32_t flags_of(const View& view, FileId file);

// The file behind a number, or kNoFile. Takes no reference.
FileId lookup(const View& view, std::int64_t number);
// The file that a declared object's number stood for at the start, whatever happened since.
FileId declared_file(const View& view, std::int64_t number);
std::vector<const OpenFile*> declared_files(const Effects& effects, const PossibleValues& numbers);

// What a poll method that is being asked has found so far, kept by whoever asks. Zero at first.
struct Asked {
  std::uint32_t mask;
  std::uint32_t loads;
};
// One step of asking the file, behind its poll_wait(); the mask, once it is whole.
bool may_ask(const View& view, ThreadId thread, const OpenFile& file);
std::optional<std::uint32_t> ask(Step& step, const OpenFile& file, Asked& asked);

// Every file of this kind, declared or pooled.
std::vector<const OpenFile*> files_of(const Effects& effects, const FileOperations& operations);

void take_reference(Step& step, FileId file);
// Drops one. The last one releases the file, in one step unless it has ties: then fput() says that
// it continues, and is called again, each time in a step of its own.
bool may_fput(const View& view, ThreadId thread, FileId file);
Progress fput(Step& step, FileId file);
// The last reference is gone, the ties are not yet.
bool is_dying(const View& view, FileId file);

// An unused file of this kind from the pool, or kNoFile; and the lowest free number for it, or
// -EMFILE. Part of the caller's step.
FileId find_unused(Step& step, const FileOperations& operations);
std::int64_t install(Step& step, FileId file, std::uint32_t flags);

// The same in two parts, for calls that sleep in between: the number is taken first and leads
// nowhere until it is filled (get_unused_fd_flags(), fd_install(), put_unused_fd()).
std::int64_t reserve_number(Step& step);
void fill_number(Step& step, std::int64_t number, FileId file, std::uint32_t flags);
void give_back_number(Step& step, std::int64_t number);

// Every file that a number out of `numbers` may ever stand for; records what looking it up reads
// and writes, and what the last fput() may do.
std::vector<const OpenFile*> lookup_effects(Effects& effects, const PossibleValues& numbers);
// What opening a file of this kind may do to the table, and the files that may be opened.
std::vector<const OpenFile*> open_effects(Effects& effects, const FileOperations& operations);

// What is open now, for the judge of leaks.
struct OpenDescriptor {
  std::int64_t number = 0;
  std::string name;
  bool is_declared = false;  // It was open from the start.
  ThreadId opener{};         // Else who opened it.
};
std::vector<OpenDescriptor> open_descriptors(const View& view);

}  // namespace wakesim::file
