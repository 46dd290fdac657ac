// Reports in files appear whole or not at all.

#include "tools/cli/output.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/scratch.h"
#include "tools/cli/files.h"

namespace wakesim {
namespace {

TEST(Output, FileAppearsAtCommit) {
  const ScratchFolder folder;
  {
    Output output(folder.path("report"));
    output.write("one\n");
    EXPECT_EQ(folder.read("report"), "");
    EXPECT_TRUE(output.commit());
  }
  EXPECT_EQ(folder.read("report"), "one\n");
  EXPECT_EQ(folder.names(), "report");
}

TEST(Output, WithoutCommitTheOldFileStays) {
  const ScratchFolder folder;
  folder.write("report", "old");
  {
    Output output(folder.path("report"));
    output.write("new");
  }
  EXPECT_EQ(folder.read("report"), "old");
  EXPECT_EQ(folder.names(), "report");
}

TEST(Output, LinksAndModesStay) {
  const ScratchFolder folder;
  folder.write("target", "old");
  ::chmod(folder.path("target").c_str(), 0600);
  ASSERT_EQ(::symlink("target", folder.path("link").c_str()), 0);
  Output output(folder.path("link"));
  output.write("new");
  EXPECT_TRUE(output.commit());
  EXPECT_EQ(folder.read("target"), "new");
  EXPECT_EQ(folder.names(), "link target");
  struct stat status {};
  ::stat(folder.path("target").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST(Output, FullDiskIsReported) {
  Output output("/dev/full");
  output.write("text");
  EXPECT_FALSE(output.commit());
  EXPECT_EQ(output.problem(), "/dev/full: No space left on device");
}

TEST(Output, MissingFolderIsReported) {
  const Output output("/no/such/folder/report");
  EXPECT_EQ(output.problem(), "/no/such/folder/report: No such file or directory");
}

TEST(Files, FoldersStandForTheirScenarios) {
  const ScratchFolder folder;
  for (const char* name : {"b.yaml", "a/c.yaml", "lib/no.yaml", "a/include/no.yaml", "note.txt"}) {
    folder.write(name, "");
  }
  EXPECT_EQ(
      expand_files({folder.path(""), "missing.yaml"}),
      (std::vector<std::string>{folder.path("a/c.yaml"), folder.path("b.yaml"), "missing.yaml"}));
}

TEST(Files, IncludesAreSoughtUpwards) {
  const ScratchFolder folder;
  folder.write("lib/pthread.yaml", "text");
  folder.write("deep/er/x.yaml", "");
  const IncludedFile found = find_include("lib/pthread", folder.path("deep/er/x.yaml"));
  EXPECT_EQ(found.path, folder.path("lib/pthread.yaml"));
  EXPECT_EQ(found.text, "text");
  EXPECT_EQ(find_include("../lib/pthread", folder.path("deep/x.yaml")).path, "");
  EXPECT_EQ(find_include("/etc/passwd", folder.path("deep/x.yaml")).path, "");
}

}  // namespace
}  // namespace wakesim
